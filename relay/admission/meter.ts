// What one connection may still do, by its device, its address and its registration. Every answer is a "no" with its wait, or null.
import { type Bytes, hex } from '../../core/base/bytes.ts';
import type { RefusalName } from '../../core/wire/codes.ts';
import type { Books } from './books.ts';
import type { Purse } from './purse.ts';

/** Why not now, and after how long to try again, ms. */
export interface Hold {
  readonly name: Extract<RefusalName, 'RATE' | 'QUOTA'>;
  readonly wait: number;
}

/** What an envelope costs beside its bytes: its stamp, its id and the head that is written with it. */
export const ENTRY_COST_BYTES = 72;
/** After how long somebody with too many subscriptions may ask again, ms: they end when somebody goes. */
const SUBSCRIPTION_WAIT_MS = 60_000;

/** One connection's. */
export class Meter {
  readonly #books: Books;
  readonly #device: string;
  /** Null where addresses are not counted: behind a proxy, and where only this machine connects. */
  readonly #address: string | null;
  #registration: string | null = null;
  #purse: Purse | null = null;
  #guestSubscriptions = 0;
  #over = false;

  constructor(books: Books, device: string, address: string | null) {
    this.#books = books;
    this.#device = device;
    this.#address = address;
  }

  /** From here on a registration (its hash) pays. */
  register(registration: Bytes): void {
    this.#registration = hex(registration);
    this.#purse = this.#books.purse(registration);
  }

  /** One cold command more. */
  command(): Hold | null {
    const { deviceCommands, addressCommands } = this.#books;
    const wait = Math.max(deviceCommands.wait(this.#device), this.#address === null ? 0 : addressCommands.wait(this.#address));
    if (wait > 0) return { name: 'RATE', wait };
    deviceCommands.count(this.#device);
    if (this.#address !== null) addressCommands.count(this.#address);
    return null;
  }

  /** One run of envelopes more for a log. @param bytes of all of them */
  append(log: Bytes, bytes: number, envelopes: number): Hold | null {
    const cost = bytes + envelopes * ENTRY_COST_BYTES;
    const { deviceBytes, addressBytes, logBytes } = this.#books;
    const inLog = `${hex(log)} ${this.#device}`;
    const wait = Math.max(
      deviceBytes.wait(this.#device, cost),
      logBytes.wait(inLog, cost),
      this.#address === null ? 0 : addressBytes.wait(this.#address, cost),
    );
    if (wait > 0) return { name: 'RATE', wait };
    const empty = this.#purse?.take(cost) ?? 0;
    if (empty > 0) return { name: 'QUOTA', wait: empty };
    deviceBytes.count(this.#device, cost);
    logBytes.count(inLog, cost);
    if (this.#address !== null) addressBytes.count(this.#address, cost);
    return null;
  }

  /** One write to the directory more, which a registration pays. */
  directory(bytes: number): Hold | null {
    if (this.#registration === null || this.#purse === null) return null;
    const wait = this.#books.directoryWrites.wait(this.#registration);
    if (wait > 0) return { name: 'RATE', wait };
    const empty = this.#purse.take(bytes);
    if (empty > 0) return { name: 'QUOTA', wait: empty };
    this.#books.directoryWrites.count(this.#registration);
    return null;
  }

  /** One subscription more: what ends it, once, or why not. */
  subscribe(): (() => void) | Hold {
    const [payer, address] = [this.#registration, this.#address];
    const { subscriptions, addressSubscriptions, limits } = this.#books;
    const isFull =
      this.#over ||
      (payer === null
        ? this.#guestSubscriptions >= limits['guest-subscriptions']
        : subscriptions.of(payer) >= limits['registration-subscriptions']) ||
      (address !== null && addressSubscriptions.of(address) >= limits['address-subscriptions']);
    if (isFull) return { name: 'QUOTA', wait: SUBSCRIPTION_WAIT_MS };
    if (payer === null) this.#guestSubscriptions += 1;
    else subscriptions.add(payer);
    if (address !== null) addressSubscriptions.add(address);
    return () => {
      if (payer === null) this.#guestSubscriptions -= 1;
      else subscriptions.remove(payer);
      if (address !== null) addressSubscriptions.remove(address);
    };
  }

  /** The connection is gone: nothing is begun any more. */
  end(): void {
    this.#over = true;
  }
}
