// Which relays something lasting needs: our own, those of open conversations, and those of letters that wait.
import { parseRelayLine } from '../net/relay-line.ts';
import { openConversations } from './contacts.ts';
import { homeOf } from './conversations.ts';
import type { Parts } from './parts.ts';
import { keys, type OutboxRecord, readRecord } from './records.ts';
import { allRelays } from './relays.ts';

/** PeerIds of the relays to which a line must be kept. @throws store faults */
export async function neededRelays(parts: Parts): Promise<ReadonlySet<string>> {
  const needed = new Set((await allRelays(parts.store)).map(({ peerId }) => peerId));
  for (const conversation of await openConversations(parts.store)) {
    const home = homeOf(conversation);
    if (home !== null) needed.add(home.peerId);
  }
  for (const target of parts.outbox.targets().filter((one) => one.startsWith('inbox '))) {
    for (const n of parts.outbox.next(target, 0, parts.outbox.count(target))) {
      const record = await readRecord<OutboxRecord>(parts.store, keys.outbox(n));
      for (const address of record?.inbox?.relays ?? []) needed.add(parseRelayLine(address).peerId);
    }
  }
  return needed;
}
