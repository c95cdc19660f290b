// Who may register and create logs: by token, by a list of devices, or anybody where the relay is open, and then within caps (H10).
import { Bucket, Buckets } from '../../core/base/bucket.ts';
import { type Bytes, hex, unhex } from '../../core/base/bytes.ts';
import type { Clock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import type { RelayStore } from '../store/store.ts';
import { isAllowed } from './allow-list.ts';
import { Books, hourly } from './books.ts';
import { type Limits, limitsWith } from './limits.ts';
import { Meter } from './meter.ts';
import { listTokens, noteUse, readToken, tokenHash } from './tokens.ts';

/** Different registrations one connection may make: its device's own, and one made anew. */
export const REGISTRATIONS_PER_CONNECTION = 2;

/** Who may register: whoever has a token, whoever stands on the operator's list, or anybody. */
export type Mode = 'token' | 'allow-list' | 'open';

/** Who asks, as far as the relay may know: in memory, while the connection lives. */
export interface Asker {
  /** PeerId. */
  readonly device: string;
  /** Null where addresses are not counted. */
  readonly address: string | null;
}

/** How a registration is decided: what it is bound to, "no", or how long to wait, ms. */
export type Admittance = { readonly token: Bytes; readonly uses: number } | { readonly wait: number } | 'TOKEN';

/** What a door is made of. */
export interface AdmissionOptions {
  /** The relay's data folder, which holds the tokens and the list. */
  readonly data: string;
  readonly mode: Mode;
  readonly store: RelayStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Limits;
}

/** Wrong tokens (their hashes) that are known again, some hundred kilobytes. */
const WRONG_TOKENS = 4_096;
const NO_TOKEN = { token: new Uint8Array(0), uses: Number.POSITIVE_INFINITY } as const;

/** The door of a relay. */
export class Admission {
  readonly mode: Mode;
  readonly #options: AdmissionOptions;
  readonly #limits: Limits;
  readonly #books: Books;
  readonly #registrations: Bucket;
  readonly #logs: Bucket;
  readonly #directory: Bucket;
  readonly #registrationsOf: Buckets;
  readonly #logsOf: Buckets;
  readonly #wrong = new Set<string>();
  readonly #wrongOfDevice: Buckets;
  readonly #wrongOfAddress: Buckets;

  constructor(options: AdmissionOptions) {
    const { store, clock, limits = limitsWith() } = options;
    this.mode = options.mode;
    this.#options = options;
    this.#limits = limits;
    this.#books = new Books(limits, store, clock);
    this.#registrations = new Bucket(clock, hourly(limits, 'open-registrations', 'open-registrations-per-hour'));
    this.#logs = new Bucket(clock, hourly(limits, 'open-logs', 'open-logs-per-hour'));
    this.#directory = new Bucket(clock, hourly(limits, 'open-directory-writes', 'open-directory-writes-per-hour'));
    this.#registrationsOf = new Buckets(clock, hourly(limits, 'open-address-registrations', 'open-address-registrations-per-hour'));
    this.#logsOf = new Buckets(clock, hourly(limits, 'open-address-logs', 'open-address-logs-per-hour'));
    this.#wrongOfDevice = new Buckets(clock, hourly(limits, 'device-wrong-tokens', 'wrong-tokens-per-hour'));
    this.#wrongOfAddress = new Buckets(clock, hourly(limits, 'address-wrong-tokens', 'wrong-tokens-per-hour'));
  }

  /** True where no token is needed. */
  get open(): boolean {
    return this.mode === 'open';
  }

  /** What this connection may do from now on. */
  meter({ device, address }: Asker): Meter {
    return new Meter(this.#books, device, address);
  }

  /** Whether a new registration with this token (may be empty) is taken. */
  async admit(token: Bytes, asker: Asker): Promise<Admittance> {
    const { data, clock } = this.#options;
    if (this.mode === 'allow-list') return (await isAllowed(data, asker.device)) ? NO_TOKEN : 'TOKEN';
    if (token.length > 0) {
      const wait = this.#wrongWait(asker);
      if (wait > 0 && !this.open) return { wait };
      const hash = tokenHash(token);
      const terms = await readToken(data, hex(hash));
      if (terms !== null && terms.revoked === null && (terms.expires ?? Number.POSITIVE_INFINITY) > clock.now())
        return { token: hash, uses: terms.uses ?? Number.POSITIVE_INFINITY };
      if (terms === null) this.#countWrong(hex(hash), asker);
    }
    if (!this.open) return 'TOKEN';
    const wait = Math.max(asker.address === null ? 0 : this.#registrationsOf.take(asker.address), this.#registrations.take());
    return wait === 0 ? NO_TOKEN : { wait };
  }

  /** Whether who registered with this token (its hash, may be empty) still may what a registration may. */
  async stillAdmits(token: Bytes, { device }: Asker): Promise<boolean> {
    const { data } = this.#options;
    if (this.mode === 'allow-list') return isAllowed(data, device);
    return token.length === 0 || (await readToken(data, hex(token)))?.revoked !== 'accounts';
  }

  /** 0 when one more log may be created at an open relay; otherwise how long to wait, ms. */
  admitLog({ address }: Asker): number {
    if (!this.open) return 0;
    return Math.max(address === null ? 0 : this.#logsOf.take(address), this.#logs.take());
  }

  /** 0 when the directory of an open relay may be written once more; otherwise how long to wait, ms. */
  admitDirectory(): number {
    return this.open ? this.#directory.take() : 0;
  }

  /** What a new log is charged, in the batch that makes it. */
  logDues(registration: Bytes): Parameters<RelayStore['charge']>[0] {
    return { registration, kind: 'logs', amount: 1, limit: this.#limits['registration-logs'] };
  }

  /** What a wake endpoint is charged whose URL is new. */
  endpointDues(registration: Bytes): Parameters<RelayStore['charge']>[0] {
    return { registration, kind: 'endpoints', amount: 1, limit: this.#limits['registration-endpoints'] };
  }

  /** Writes down how often a token was used, for the operator's list: the store is what counts. Never rejects. */
  async noteUse(token: Bytes): Promise<void> {
    const { data, store, log } = this.#options;
    if (token.length === 0) return;
    await store
      .tokenUses(token)
      .then((used) => noteUse(data, hex(token), used))
      .catch(() => log.warn('the use of a token could not be noted'));
  }

  /** The same for every token, when the relay starts: it may have been killed between the two. Never rejects. */
  async noteAllUses(): Promise<void> {
    const { data, store, log } = this.#options;
    try {
      for (const { id, used } of await listTokens(data)) if ((await store.tokenUses(unhex(id))) !== used) await this.noteUse(unhex(id));
    } catch {
      log.warn('the uses of tokens could not be noted');
    }
  }

  #wrongWait({ device, address }: Asker): number {
    return Math.max(this.#wrongOfDevice.wait(device), address === null ? 0 : this.#wrongOfAddress.wait(address));
  }

  // A device comes back with the token it has: the same one again is no guess, and must not keep its neighbours out.
  #countWrong(hash: string, { device, address }: Asker): void {
    if (this.#wrong.has(hash)) return;
    this.#wrong.add(hash);
    for (const oldest of this.#wrong) {
      if (this.#wrong.size <= WRONG_TOKENS) break;
      this.#wrong.delete(oldest);
    }
    this.#wrongOfDevice.count(device);
    if (address !== null) this.#wrongOfAddress.count(address);
  }
}
