// The appends of one handle: one store call at a time, and after a refusal nothing that was sent before the refusal was seen.
import type { Bytes } from '../core/base/bytes.ts';
import type { Hold } from './admission/meter.ts';

/** One append frame that waits for its stamps. */
export interface Waiting {
  readonly request: number;
  readonly envelopes: readonly Bytes[];
  /** Bytes of the payload, which count against the connection until it is answered. */
  readonly cost: number;
  /** Why it has to wait, decided when it came and said in its turn; null when it need not. */
  readonly hold: Hold | null;
}

/** State of the appends on one handle. */
export interface Lane {
  queue: Waiting[];
  busy: boolean;
  /**
   * Ids (hex) that were refused since the last stamp; empty while all goes well. Otherwise only a run that begins with one of them goes
   * on: answers keep their order, so whoever sends it again has seen the first refusal too. Everything else is CONFLICT.
   */
  refused: Set<string>;
}

/** A lane in which nothing happened yet. */
export function newLane(): Lane {
  return { queue: [], busy: false, refused: new Set() };
}
