// Our home relays as records.
import { random } from '../base/clock.ts';
import { parseRelayLine } from '../net/relay-line.ts';
import type { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { capabilityHash, logId } from '../wire/capability.ts';
import type { InboxRecord, RelayRecord } from './people-records.ts';
import { fieldOf, keys, readRecord, writeRecord } from './records.ts';

/** Our home relays; the first holds what we accept. */
export async function allRelays(from: Store | Change): Promise<RelayRecord[]> {
  const peerIds = (await readRecord<string[]>(from, keys.relayList())) ?? [];
  const records = await Promise.all(peerIds.map((peerId) => readRecord<RelayRecord>(from, keys.relay(peerId))));
  return records.filter((record) => record !== null);
}

/** A relay as we would keep it, from the line its operator hands out: with a registration and an inbox of its own. @throws BAD_INPUT */
export function newRelay(line: string): RelayRecord {
  const { address, peerId, token } = parseRelayLine(line);
  return {
    address,
    peerId,
    token: fieldOf(token),
    registration: fieldOf(random(32)),
    incarnation: null,
    inbox: newInbox(),
    manifestVersion: 0,
  };
}

/** Adds a home relay; a known one only takes a new address or token. */
export async function addRelay(change: Change, relay: RelayRecord): Promise<void> {
  const { address, peerId, token } = relay;
  const known = await readRecord<RelayRecord>(change, keys.relay(peerId));
  const list = (await readRecord<string[]>(change, keys.relayList())) ?? [];
  if (!list.includes(peerId)) writeRecord(change, keys.relayList(), [...list, peerId]);
  writeRecord(change, keys.relay(peerId), known === null ? relay : { ...known, address, token: token === '' ? known.token : token });
}

/** Takes a home relay off the list; what conversations still hold there goes on. */
export async function removeRelay(change: Change, peerId: string): Promise<void> {
  const list = (await readRecord<string[]>(change, keys.relayList())) ?? [];
  writeRecord(
    change,
    keys.relayList(),
    list.filter((other) => other !== peerId),
  );
  change.delete(keys.relay(peerId));
}

function newInbox(): InboxRecord {
  const [nonce, read, append, manage] = [random(16), random(32), random(32), random(32)];
  const log = logId(nonce, { read: capabilityHash(read), append: capabilityHash(append), manage: capabilityHash(manage) });
  return {
    nonce: fieldOf(nonce),
    log: fieldOf(log),
    read: fieldOf(read),
    append: fieldOf(append),
    manage: fieldOf(manage),
    reader: fieldOf(random(32)),
  };
}
