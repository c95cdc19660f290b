// Station "submit" for letters: gives an envelope to somebody's inbox through a link's capability, and forgets it once it is stamped.
import type { RelayConnection } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import { isPassing } from '../wire/codes.ts';
import { noteFull } from './no-room.ts';
import { dequeue, targetOf } from './outbox.ts';
import type { Parts } from './parts.ts';
import { bytesOf, keys, type OutboxRecord, readRecord } from './records.ts';
import { refusalReason } from './submit.ts';
import { warn } from './warnings.ts';

/** What came of a letter: `later` stays in the outbox. */
export type Posted = 'posted' | 'later' | 'refused';

/** Posts the letter with this outbox number over a connection to a relay of its target. @param relay its address, for people @throws OFFLINE, TIMEOUT */
export async function postLetter(parts: Parts, n: number, connection: RelayConnection, relay: string): Promise<Posted> {
  const record = await readRecord<OutboxRecord>(parts.store, keys.outbox(n));
  if (record?.inbox == null) return 'posted';
  const opened = await connection.openLog({ link: bytesOf(record.inbox.capability) });
  if (!opened.ok) {
    if (isPassing(opened.refusal.name)) return 'later';
    return endLetter(parts, n, refusalReason(opened.refusal));
  }
  const answer = await connection.append(opened.value.handle, [bytesOf(record.envelope)]);
  await connection.closeHandle(opened.value.handle);
  if (answer.refusal !== null) await noteFull(parts, targetOf(record), null, relay, answer.refusal);
  if (answer.refusal === null) {
    parts.fullRelays.hasRoom(targetOf(record));
    return endLetter(parts, n, null);
  }
  return isPassing(answer.refusal.name) ? 'later' : endLetter(parts, n, refusalReason(answer.refusal));
}

/** Takes a letter out of the outbox; with a reason, its contact hears that it was refused. */
export async function endLetter(parts: Parts, n: number, reason: string | null): Promise<Posted> {
  const news: (() => void)[] = [];
  await parts.serial(async () => {
    const change = new Change(parts.store);
    dequeue(change, n);
    if (reason !== null)
      warn(parts, change, news, { kind: 'unopened', conversation: null, text: `A request could not be delivered. ${reason}` });
    await change.commit();
  });
  parts.outbox.remove(n);
  for (const tell of news) tell();
  return reason === null ? 'posted' : 'refused';
}
