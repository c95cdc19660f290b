// Sending a failed or expired message again: the same message (the same inner id) in a new envelope, at the end. Should the other side
// have had it after all, it is not shown twice.
import { create } from '@bufbuild/protobuf';
import { SottoError } from '../base/errors.ts';
import { Change } from '../store/change.ts';
import { TextSchema } from '../wire/gen/content_pb.ts';
import { sayFirst } from './first-words.ts';
import type { Locator } from './outbox.ts';
import type { Parts } from './parts.ts';
import { bytesOf, keys, type Place, type RowRecord, readRecord, writeRecord } from './records.ts';
import { sayInto } from './send.ts';

/** Says message `id` again, in one commit. @throws NOT_FOUND, BAD_INPUT for one that neither failed nor expired, as Sender.say */
export function sayAnew(parts: Parts, id: string): Promise<void> {
  const news: (() => void)[] = [];
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const { conversation, place, row } = await findFailed(change, id);
    change.delete(keys.message(id));
    leavePlace(change, conversation, place, row);
    await sayFirst(parts, change, conversation, news);
    const what = { case: 'text' as const, value: create(TextSchema, { text: row.text }) };
    await sayInto(parts, change, { conversation, inner: bytesOf(row.inner), what }, news);
    await change.commit();
    for (const tell of news) tell();
    parts.queued();
  });
}

type Failed = RowRecord & { readonly text: string; readonly inner: string };

async function findFailed(
  change: Change,
  id: string,
): Promise<{ readonly conversation: string; readonly place: Place; readonly row: Failed }> {
  const locator = await readRecord<Locator>(change, keys.message(id));
  if (locator?.conversation == null || locator.place === null) throw new SottoError('NOT_FOUND', 'There is no such message.');
  const { conversation, place } = locator;
  const row = await readRecord<RowRecord>(change, keys.row(conversation, place));
  if (row?.text == null || row.inner === undefined || (row.state !== 'failed' && row.state !== 'expired')) {
    throw new SottoError('BAD_INPUT', 'Only a failed or expired message can be sent again.');
  }
  return { conversation, place, row: { ...row, text: row.text, inner: row.inner } };
}

/** A settled place keeps its chain value, so that views of the log can still be compared; any other is given up. */
function leavePlace(change: Change, conversation: string, place: Place, row: RowRecord): void {
  const key = keys.row(conversation, place);
  if (place.zone !== 0) change.delete(key);
  else writeRecord(change, key, { ...row, kind: 'control', id: '', text: null, state: 'stored', reason: null });
}
