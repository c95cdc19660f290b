// How old what waits is, by the clock of the relay it is bound for: a relay remembers an id for one lifetime, and beyond it the same bytes
// could be stamped twice (H6). Our own clock may be wrong by days, so it never fails anything.

import { parseRelayLine } from '../net/relay-line.ts';
import { Change } from '../store/change.ts';
import { ENTRY_LIFETIME_MS } from '../wire/limits.ts';
import { homeOf, loadConversation } from './conversations.ts';
import { takeBackHome } from './open-epoch.ts';
import type { Parts } from './parts.ts';
import { endLetter } from './post.ts';
import { keys, type OutboxRecord, type QueuedMark, readRecord, writeRecord } from './records.ts';
import { failWaiting } from './submit.ts';

/** Marks kept for one target; one more says the older time of the newest two, so nothing seems younger than it is. */
const MOST_MARKS = 64;

/** A relay welcomed us: what waits for it and has no date gets one, and what is too old is given to nobody any more. @throws store faults */
export async function lookAtAges(parts: Parts, peerId: string): Promise<void> {
  for (const target of parts.outbox.targets()) {
    if (!(await isBoundFor(parts, target, peerId))) continue;
    await mark(parts, target, peerId);
    await failAged(parts, target);
  }
}

/** Fails what has waited for a lifetime. Where no relay ever told its time it goes on waiting. @throws store faults */
export async function failAged(parts: Parts, target: string): Promise<void> {
  const marks = await marksOf(parts, target);
  // Numbers rise with the time of writing: the first young one ends the search.
  for (const n of parts.outbox.next(target, 0, parts.outbox.count(target))) {
    const record = await readRecord<OutboxRecord>(parts.store, keys.outbox(n));
    if (record === null) continue;
    const age = ageOf(parts, n, record, marks);
    if (age === null || age <= ENTRY_LIFETIME_MS) return;
    if (record.conversation === null) await endLetter(parts, n, 'It waited for 30 days.');
    else {
      await failWaiting(parts, { n, record }, 'It could not be delivered for 30 days.');
      await takeBackHome(parts, record.conversation, n);
    }
  }
}

/** How long at most a relay can have known it, ms; null while that cannot be said. */
function ageOf({ relayTimes }: Parts, n: number, { relayAt }: OutboxRecord, marks: readonly QueuedMark[]): number | null {
  const marked = marks.find((one) => one.n >= n);
  const [relay, time] = relayAt ?? [marked?.relay, marked?.time];
  const now = relay === undefined ? null : relayTimes.now(relay);
  return now === null || time === undefined ? null : now - time;
}

async function isBoundFor(parts: Parts, target: string, peerId: string): Promise<boolean> {
  const [first] = parts.outbox.next(target, 0, 1);
  const record = first === undefined ? null : await readRecord<OutboxRecord>(parts.store, keys.outbox(first));
  if (record === null) return false;
  if (record.conversation !== null) return homeOf(await loadConversation(parts.store, record.conversation))?.peerId === peerId;
  return record.inbox?.relays.some((address) => parseRelayLine(address).peerId === peerId) ?? false;
}

async function mark(parts: Parts, target: string, relay: string): Promise<void> {
  const time = parts.relayTimes.now(relay);
  if (time === null) return;
  await parts.serial(async () => {
    const waiting = parts.outbox.next(target, 0, parts.outbox.count(target));
    const [first, last] = [waiting[0], waiting.at(-1)];
    if (first === undefined || last === undefined) return;
    const marks = (await marksOf(parts, target)).filter(({ n }) => n >= first);
    if ((marks.at(-1)?.n ?? 0) >= last) return;
    const change = new Change(parts.store);
    writeRecord(change, keys.queued(target), withMark(marks, { n: last, relay, time }));
    await change.commit();
  });
}

function withMark(marks: readonly QueuedMark[], next: QueuedMark): readonly QueuedMark[] {
  const newest = marks.at(-1);
  return marks.length < MOST_MARKS || newest === undefined ? [...marks, next] : [...marks.slice(0, -1), { ...newest, n: next.n }];
}

async function marksOf(parts: Parts, target: string): Promise<readonly QueuedMark[]> {
  return (await readRecord<readonly QueuedMark[]>(parts.store, keys.queued(target))) ?? [];
}
