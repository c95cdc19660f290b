// A relay that takes no more for now keeps what waits waiting: said once, with what to do, until something was taken there again.

import type { Refusal } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { warn } from './warnings.ts';

/** A wait that a person would notice and wonder about, ms; shorter ones pass unsaid. */
const LONG_WAIT_MS = 30_000;

/** True when what waits there waits for long enough to say so. */
export function isWorthSaying({ name, retryAfter }: Refusal): boolean {
  return name === 'QUOTA' || (name === 'RATE' && retryAfter >= LONG_WAIT_MS);
}

/**
 * The relay refused for now what is bound for `target`. Never rejects: a failing disk comes to light elsewhere.
 * @param conversation whose home log it is bound for; null: somebody's inbox @param relay its address @param refusal its words
 */
export async function noteFull(parts: Parts, target: string, conversation: B64 | null, relay: string, refusal: Refusal): Promise<void> {
  if (!isWorthSaying(refusal) || !parts.fullRelays.isFull(target)) return;
  const text = refusal.name === 'RATE' ? tooFast(relay, refusal.retryAfter) : full(conversation, relay);
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

function full(conversation: B64 | null, relay: string): string {
  return conversation === null
    ? `The inbox at the relay ${relay} is full. What you say to them waits, and goes out by itself once they took their letters; tell them some other way.`
    : `The relay ${relay} has no more room for this conversation, or you used your share of it for now. What you write waits, and goes out by itself once there is room; ask its operator for more.`;
}

function tooFast(relay: string, wait: number): string {
  const minutes = Math.ceil(wait / 60_000);
  return `The relay ${relay} takes no more from you just now: too much was sent at once. What you write waits, and goes out by itself in about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}
