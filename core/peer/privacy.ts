// What this device tells others of a moment: that somebody types here, that it is connected. Kept in its sealed store.
import type { CallInput, CallOutput } from '../api.ts';
import { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import type { Announce, Reading } from './parts.ts';
import { keys, readRecord, writeRecord } from './records.ts';

/** Each one works both ways: who does not tell is not told. */
export type Privacy = CallOutput<'privacy'>;

const DEFAULT: Privacy = { typing: true, presence: true };

/** What this device tells now. @throws STORE_FAILED, STORE_DAMAGED */
export async function privacyOf(store: Store | Change): Promise<Privacy> {
  return (await readRecord<Privacy>(store, keys.privacy())) ?? DEFAULT;
}

/** Changes what is named. @throws STORE_FAILED */
export function setPrivacy(parts: Reading, fields: CallInput<'setPrivacy'>, announce: Announce): Promise<Privacy> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const before = await privacyOf(change);
    const privacy: Privacy = { typing: fields.typing ?? before.typing, presence: fields.presence ?? before.presence };
    if (privacy.typing === before.typing && privacy.presence === before.presence) return before;
    writeRecord(change, keys.privacy(), privacy);
    await change.commit();
    announce({ event: 'privacy', privacy });
    return privacy;
  });
}
