// `sotto relays`: where this account is registered.
import { table } from '../layout.ts';
import { print } from '../report.ts';
import { safeLine } from '../safe-text.ts';
import { relayWords } from '../shape.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Prints the relays as a table, or one JSON object each. */
export async function run(context: Context): Promise<ExitCode> {
  const { relays } = await withStore(context, (peer) => peer.api.identity({}));
  const rows = relays.map((relay) => [safeLine(relay.address), relayWords(relay)]);
  await print(context, relays, table(['RELAY', 'STATE'], rows) || 'None. `sotto relay add RELAY` adds one.');
  return 0;
}
