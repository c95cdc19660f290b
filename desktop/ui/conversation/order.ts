// The one order of a conversation as a page can know it: what has its number in the relay's log, then what waits for one, then what only
// this device has. Among those that wait the engine's pages decide; a message alone does not tell.
import type { Message } from '../../../core/api.ts';

/** Which part of the order a message stands in: 0 settled, 1 waiting for its stamp, 2 only here. */
export function zoneOf(message: Message): 0 | 1 | 2 {
  if (message.provisional) return 1;
  return message.seq === null ? 2 : 0;
}

/** Negative when `a` stands before `b`; zero for two that wait in the same part. */
export function compareOrder(a: Message, b: Message): number {
  const zone = zoneOf(a);
  const zones = zone - zoneOf(b);
  if (zones !== 0 || zone !== 0) return zones;
  return (a.epoch ?? 0) - (b.epoch ?? 0) || (a.seq ?? 0) - (b.seq ?? 0);
}

/** In order, each id once; the later in the list is believed. Those that wait keep theirs. */
export function inOrder(messages: Iterable<Message>): Message[] {
  const byId = new Map<string, Message>();
  for (const message of messages) byId.set(message.id, message);
  return [...byId.values()].sort(compareOrder);
}
