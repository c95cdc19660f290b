// `sotto invites`: the links that were made.
import type { Invite } from '../../api.ts';
import { moment, table } from '../layout.ts';
import { print } from '../report.ts';
import { safeLine } from '../safe-text.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Prints the links as a table, or one JSON object each. */
export async function run(context: Context): Promise<ExitCode> {
  const invites = await withStore(context, (peer) => peer.api.invites({}));
  const rows = invites.map((invite) => [
    standing(invite),
    invite.public ? 'many' : 'one',
    `${invite.used}`,
    moment(invite.expires),
    safeLine(invite.link),
  ]);
  await print(context, invites, table(['STATE', 'FOR', 'USED', 'UNTIL', 'LINK'], rows) || 'No invites. `sotto invite` makes one.');
  return 0;
}

function standing(invite: Invite): string {
  if (invite.revoked) return 'revoked';
  if (!invite.public && invite.used > 0) return 'used';
  return invite.expires <= Date.now() ? 'expired' : 'open';
}
