// Sending a failed or expired message again: as a new one at the end, its text unchanged.
import type { Message } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import { Change } from '../store/change.ts';
import type { Locator } from './outbox.ts';
import type { Parts } from './parts.ts';
import { type B64, keys, type RowRecord, readRecord } from './records.ts';

/** Says the text of message `id` again. A failed one is replaced; an expired one keeps its place. @throws NOT_FOUND, BAD_INPUT, as Sender.say */
export async function sayAnew(parts: Parts, id: string, say: (conversation: B64, text: string) => Promise<Message>): Promise<Message> {
  const locator = await readRecord<Locator>(parts.store, keys.message(id));
  if (locator?.conversation == null || locator.place === null) throw new SottoError('NOT_FOUND', 'There is no such message.');
  const { conversation, place } = locator;
  const row = await readRecord<RowRecord>(parts.store, keys.row(conversation, place));
  if (row?.text == null || (row.state !== 'failed' && row.state !== 'expired')) {
    throw new SottoError('BAD_INPUT', 'Only a failed or expired message can be sent again.');
  }
  const again = await say(conversation, row.text);
  if (place.zone === 0) return again;
  await parts.serial(async () => {
    const change = new Change(parts.store);
    change.delete(keys.row(conversation, place));
    change.delete(keys.message(id));
    await change.commit();
  });
  return again;
}
