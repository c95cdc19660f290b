// `sotto contacts`: the people this account knows.
import { table } from '../layout.ts';
import { print } from '../report.ts';
import { safeName } from '../safe-text.ts';
import { nameOf, shortId, standing } from '../shape.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Prints the contacts as a table, or one JSON object each. */
export async function run(context: Context): Promise<ExitCode> {
  const contacts = await withStore(context, (peer) => peer.api.contacts({}));
  const rows = contacts.map((contact) => [nameOf(contact), shortId(contact.account), standing(contact), claim(contact.claimedName)]);
  await print(
    context,
    contacts,
    table(['NAME', 'ACCOUNT', 'STATE', 'CALLS THEMSELVES'], rows) || 'Nobody yet. `sotto invite` makes a link for somebody.',
  );
  return 0;
}

function claim(name: string | null): string {
  return name === null ? '' : safeName(name);
}
