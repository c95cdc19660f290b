// Who may register and create logs: by token, or anybody where the relay is open, and then within caps for all of them together (H10).
import type { Bytes } from '../core/base/bytes.ts';
import type { Clock } from '../core/base/clock.ts';
import { type Allowance, Bucket } from './bucket.ts';
import { isToken, tokenHash } from './tokens.ts';

/** New registrations at an open relay: a village moves in within an hour, a flood takes a day to do what it came for. */
export const OPEN_REGISTRATIONS: Allowance = { burst: 2_000, perSecond: 1 };
/** New logs at an open relay: a busy day's conversations of that village. */
export const OPEN_LOGS: Allowance = { burst: 20_000, perSecond: 10 };
/** Writes to the directory of an open relay: every device once a day, with room for the first day. */
export const OPEN_DIRECTORY: Allowance = { burst: 20_000, perSecond: 10 };
/** Different registrations one connection may make: its device's own, and one made anew. */
export const REGISTRATIONS_PER_CONNECTION = 2;

/** How a registration is decided: the hash it is bound to, "no", or how long to wait. */
export type Admittance = { readonly token: Bytes } | { readonly wait: number } | 'TOKEN';

/** The door of a relay. */
export class Admission {
  readonly open: boolean;
  readonly #data: string;
  readonly #registrations: Bucket;
  readonly #logs: Bucket;
  readonly #directory: Bucket;

  /** @param data the relay's data folder, which holds the tokens */
  constructor(data: string, open: boolean, clock: Clock) {
    this.open = open;
    this.#data = data;
    this.#registrations = new Bucket(clock, OPEN_REGISTRATIONS);
    this.#logs = new Bucket(clock, OPEN_LOGS);
    this.#directory = new Bucket(clock, OPEN_DIRECTORY);
  }

  /** Whether a new registration with this token (may be empty) is taken. */
  async admit(token: Bytes): Promise<Admittance> {
    const hash = token.length === 0 ? null : tokenHash(token);
    if (hash !== null && (await isToken(this.#data, hash))) return { token: hash };
    if (!this.open) return 'TOKEN';
    const wait = this.#registrations.take();
    return wait === 0 ? { token: new Uint8Array(0) } : { wait };
  }

  /** 0 when one more log may be created; otherwise how long to wait, ms. */
  admitLog(): number {
    return this.open ? this.#logs.take() : 0;
  }
  /** 0 when the directory may be written once more; otherwise how long to wait, ms. */
  admitDirectory(): number {
    return this.open ? this.#directory.take() : 0;
  }
}
