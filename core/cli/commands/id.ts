// `sotto id`: who this device is, where it is known, and how safe its store is.
import type { Identity } from '../../api.ts';
import { print } from '../report.ts';
import { safeLine, safeName } from '../safe-text.ts';
import { relayWords } from '../shape.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Prints the identity of this device. */
export async function run(context: Context): Promise<ExitCode> {
  const identity = await withStore(context, (peer) => peer.api.identity({}));
  await print(context, [identity], identityText(identity));
  return 0;
}

/** An identity for a person. */
export function identityText(identity: Identity): string {
  const rows: [string, string][] = [
    ['name', safeName(identity.name)],
    ['account', identity.account],
    ['device', `${identity.device}`],
    ['peer id', identity.peerId],
    ...identity.addresses.map((address): [string, string] => ['address', safeLine(address)]),
    ...identity.relays.map((relay): [string, string] => ['relay', `${safeLine(relay.address)}  ${relayWords(relay)}`]),
    ...(identity.relays.length === 0 ? [['relay', 'none; `sotto relay add RELAY` adds one'] as [string, string]] : []),
    ['store', safeLine(identity.store.text)],
  ];
  return rows.map(([title, value]) => `  ${title.padEnd(8)} ${value}\n`).join('');
}
