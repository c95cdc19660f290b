// The appends of one handle, one store call at a time, so that nothing is stamped ahead of what was refused before it.
import type { Bytes } from '../core/base/bytes.ts';

/** One append frame that waits for its stamps. */
export interface Waiting {
  readonly request: number;
  readonly envelopes: readonly Bytes[];
  /** Bytes of the payload, which count against the connection until it is answered. */
  readonly cost: number;
}

/** State of the appends on one handle. */
export interface Lane {
  queue: Waiting[];
  busy: boolean;
  /** Id of the envelope at which a run stopped. Only a run that begins with it goes on here; everything else is CONFLICT. */
  refused: Bytes | null;
}

export function newLane(): Lane {
  return { queue: [], busy: false, refused: null };
}
