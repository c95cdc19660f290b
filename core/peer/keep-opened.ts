// Behind station "open": whatever came of an envelope takes its place, or says why it has none.
import type { Bytes } from '../base/bytes.ts';
import { safeNumber } from '../base/bytes.ts';
import type { DeviceAddress } from '../session/address.ts';
import type { Opened } from '../session/open-envelope.ts';
import { applyControl, checkManifestRef } from './apply.ts';
import type { Batch } from './batch.ts';
import { type Author, keepControl, keepMessage, keepUnopened, type Slot } from './keep.ts';
import { lamportAfter } from './places.ts';
import { type CursorRecord, fieldOf, keys } from './records.ts';
import { type Comparison, compareSeen } from './witness.ts';

/** Puts what was opened where it belongs; answers how the author's view of the log compares with ours. */
export async function keepOpened(batch: Batch, slot: Slot, opened: Opened, cursor: CursorRecord): Promise<Comparison> {
  switch (opened.kind) {
    case 'content': {
      const author: Author = { root: opened.root, device: opened.device };
      if (!isMember(batch, author)) {
        keepUnopened(batch, slot, author, 'Somebody who does not belong to this conversation wrote it.');
        return 'unknown';
      }
      batch.update({ lamport: lamportAfter(batch.conversation.lamport, safeNumber(opened.content.lamport)) });
      if (opened.content.what.case === 'text') await keepMessage(batch, slot, author, opened.content, opened.content.what.value.text);
      else {
        await applyControl(batch, slot, author, opened.content);
        keepControl(batch, slot);
      }
      checkManifestRef(batch, author, opened.content);
      return compareSeen(batch, opened.content.seen, cursor);
    }
    case 'no-wrap':
      batch.update({ unwrapFailures: batch.conversation.unwrapFailures + 1 });
      keepControl(batch, slot);
      return 'unknown';
    case 'not-for-me':
      keepControl(batch, slot);
      return 'unknown';
    case 'own':
      if (opened.proven) await noticeOwn(batch, opened.commit);
      keepControl(batch, slot);
      return 'unknown';
    case 'versions-differ':
      batch.warn('versions', 'The author of a message sent different versions of it to different readers.');
      keepUnopened(batch, slot, opened.claimed, 'The author sent different versions of this message to different readers.');
      return 'unknown';
    case 'no-key':
      keepUnopened(batch, slot, null, 'The key of this message never arrived; ask for it again.');
      return 'unknown';
    case 'duplicate':
    case 'no-session':
    case 'failed':
      askAgain(batch, slot, opened.claimed);
      keepUnopened(batch, slot, opened.claimed, REASONS[opened.kind]);
      return 'unknown';
  }
}

/** A session with somebody is no seat in every conversation: keys of this one may have been passed on to them. */
function isMember(batch: Batch, { root }: Author): boolean {
  const account = fieldOf(root);
  return account === batch.contact.root || account === fieldOf(batch.parts.self().me.root);
}

/** Only a device of the contact can say something again; nothing else in the wrap is believed (H3). */
function askAgain(batch: Batch, slot: Slot, claimed: DeviceAddress | null): void {
  if (claimed !== null && fieldOf(claimed.root) === batch.contact.root) batch.unopened.push({ device: claimed.device, outer: slot.outer });
}

/** What a person reads about an entry that could not be opened. */
const REASONS = {
  duplicate: 'The message was encrypted with a key that was used before; ask for it again.',
  'no-session': 'There is no encrypted session with the device that wrote it; ask for it again.',
  failed: 'The message could not be decrypted; ask for it again.',
} as const;

/** An entry made with this device's own key that this device did not write: rolled back or copied (H7). */
async function noticeOwn(batch: Batch, commit: Bytes): Promise<void> {
  if ((await batch.change.get(keys.own(fieldOf(commit)))) !== null) return;
  batch.cloned = true;
  batch.warn(
    'cloned',
    'A message written with the keys of this device was not written here: the device was rolled back or copied. Sending is stopped.',
  );
}
