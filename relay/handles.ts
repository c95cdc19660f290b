// The logs a connection has opened: what it proved for each, and the state that hangs on it. It must never outlive the connection.
import { type Bytes, equal } from '../core/base/bytes.ts';
import { capabilityHash, type Right } from '../core/wire/capability.ts';
import { MAX_HANDLES } from '../core/wire/limits.ts';
import type { Lane } from './lane.ts';
import { newLane } from './lane.ts';
import type { Subscription } from './subscription.ts';

/** One opened log. */
export interface Handle {
  readonly number: number;
  readonly log: Bytes;
  readonly rights: ReadonlySet<Right>;
  /** The hash of the link it was opened through (then `append` is the only right); null for the log's own capabilities. */
  readonly link: Bytes | null;
  readonly lane: Lane;
  subscription: Subscription | null;
}

/** The handles of one connection. */
export class Handles {
  readonly #open = new Map<number, Handle>();
  #last = 0;

  /** A new handle, or null when MAX_HANDLES are open. Numbers are never used again on the connection. */
  open(log: Bytes, rights: ReadonlySet<Right>, link: Bytes | null): Handle | null {
    if (this.#open.size >= MAX_HANDLES) return null;
    this.#last += 1;
    const handle: Handle = { number: this.#last, log, rights, link, lane: newLane(), subscription: null };
    this.#open.set(handle.number, handle);
    return handle;
  }

  get(number: number): Handle | null {
    return this.#open.get(number) ?? null;
  }

  close(number: number): void {
    this.#open.delete(number);
  }

  all(): Iterable<Handle> {
    return this.#open.values();
  }
}

/** True when `capability` is the one whose hash is kept; takes the same time wherever they differ. */
export function proves(capability: Bytes, hash: Bytes): boolean {
  return equal(capabilityHash(capability), hash);
}
