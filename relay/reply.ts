// What a command gives back: one frame to answer with. A refusal is a value like any other; its words are fixed, never a user's data.
import type { Bytes } from '../core/base/bytes.ts';
import { isSottoError } from '../core/base/errors.ts';
import { REFUSAL, type RefusalName } from '../core/wire/codes.ts';
import { FRAME } from '../core/wire/frame.ts';
import { RefusedSchema, type SignedHead } from '../core/wire/gen/relay_pb.ts';
import { encode } from '../core/wire/proto.ts';
import type { Hold } from './admission/meter.ts';

/** How long a peer is advised to wait after a full quota, a failing disk, or a stop of the relay, ms. */
const RETRY_MS: Partial<Record<RefusalName, number>> = { QUOTA: 60_000, STORE: 5_000, BUSY: 1_000, STOPPING: 2_000 };

/** One answer; `after` runs once it stands in the queue of the connection, so that pushes come behind it. */
export interface Reply {
  readonly type: number;
  readonly payload: Bytes;
  /** Set on a refusal, for the metrics. */
  readonly refusal?: RefusalName;
  readonly after?: () => void;
}

/** The plain yes. */
export const done: Reply = { type: FRAME.DONE, payload: new Uint8Array(0) };

/** Advice how long to wait after this refusal, ms; 0: none. */
export function retryAfter(name: RefusalName): number {
  return RETRY_MS[name] ?? 0;
}

/** A no. @param detail fixed words for a person @param head with AHEAD and FORK @param wait ms */
export function refused(name: RefusalName, detail: string, head?: SignedHead, wait = retryAfter(name)): Reply {
  const payload = encode(RefusedSchema, { code: REFUSAL[name], detail, retryAfter: BigInt(wait), ...(head && { head }) });
  return { type: FRAME.REFUSED, payload, refusal: name };
}

/** A no that passes: too much for now. @param detail fixed words for a person */
export function held({ name, wait }: Hold, detail: string): Reply {
  return refused(name, detail, undefined, wait);
}

/** The refusal that a fault inside a command becomes; null when it is a fault of this program and belongs into the log. */
export function refusalOf(error: unknown): Reply | null {
  if (isSottoError(error, 'MALFORMED')) return refused('MALFORMED', error.message);
  if (isSottoError(error, 'TOO_LARGE')) return refused('TOO_LARGE', error.message);
  if (isSottoError(error, 'STORE_FAILED') || isSottoError(error, 'CLOSED'))
    return refused('STORE', 'The disk of the relay did not take it.');
  return null;
}
