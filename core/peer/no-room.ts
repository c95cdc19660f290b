// A relay without room keeps what waits waiting: said once, with what to do, until something was taken there again.
import { Change } from '../store/change.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { warn } from './warnings.ts';

/** What an outbox waits for room for, by the peer it belongs to; in memory, so that a restart says it once more. */
const full = new WeakMap<Parts, Set<string>>();

/**
 * The relay refused with QUOTA what is bound for `target`. Never rejects: a failing disk comes to light elsewhere.
 * @param conversation whose home log is full; null: somebody's inbox is @param relay its address
 */
export async function noteFull(parts: Parts, target: string, conversation: B64 | null, relay: string): Promise<void> {
  const told = full.get(parts) ?? new Set<string>();
  full.set(parts, told);
  if (told.has(target)) return;
  told.add(target);
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
    told.delete(target);
    parts.log.warn('that a relay is full could not be kept');
    return;
  }
  for (const tell of news) tell();
}

/** Something bound for `target` was taken: the next refusal is news again. */
export function hasRoom(parts: Parts, target: string): void {
  full.get(parts)?.delete(target);
}
