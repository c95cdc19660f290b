// A relay without room keeps what waits waiting: said once, with what to do, until something was taken there again.
import { Change } from '../store/change.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { warn } from './warnings.ts';

/**
 * The relay refused with QUOTA what is bound for `target`. Never rejects: a failing disk comes to light elsewhere.
 * @param conversation whose home log is full; null: somebody's inbox is @param relay its address
 */
export async function noteFull(parts: Parts, target: string, conversation: B64 | null, relay: string): Promise<void> {
  if (!parts.fullRelays.isFull(target)) return;
  const text =
    conversation === null
      ? `The inbox at the relay ${relay} is full. What you say to them waits, and goes out by itself once they took their letters; tell them some other way.`
      : `The relay ${relay} has no more room for this conversation. What you write waits, and goes out by itself once there is room; ask its operator for more.`;
  const news: (() => void)[] = [];
  try {
    await parts.serial(async () => {
      const change = new Change(parts.store);
      warn(parts, change, news, { kind: 'quota', conversation, text });
      await change.commit();
    });
  } catch {
    parts.fullRelays.hasRoom(target);
    parts.log.warn('that a relay is full could not be kept');
    return;
  }
  for (const tell of news) tell();
}
