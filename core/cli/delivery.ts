// Follows messages from the outbox to where they should be, in their order, however many there are.
import type { Message, PeerApi } from '../api.ts';

/** Ids asked after at a time: one frame of the socket holds them easily. */
const MOST_AT_ONCE = 1_000;

/** What became of all messages of one command. */
export interface Outcome {
  /** How many ended in each state. */
  readonly states: ReadonlyMap<Message['state'], number>;
  /** The reasons of those that failed or expired, each once. */
  readonly reasons: ReadonlySet<string>;
  /** Why it ended before all was sent; null when it did not. */
  readonly refused: unknown;
  /** True when nobody waited for more than the outbox. */
  readonly onlyQueued: boolean;
}

/** How to follow. */
export interface DeliveryOptions {
  /** Told of each message in order, once it is as far as it will get here. */
  print(message: Message): Promise<void>;
  /** How long after it entered the outbox a message may take, ms; null does not wait. */
  readonly waitMs: number | null;
}

/** Takes messages as they enter the outbox and asks after them in batches. */
export class Delivery {
  readonly #api: PeerApi;
  readonly #options: DeliveryOptions;
  readonly #states = new Map<Message['state'], number>();
  readonly #reasons = new Set<string>();
  #waiting: { readonly message: Message; readonly deadline: number }[] = [];
  #following: Promise<void> | null = null;
  #refused: unknown = null;

  constructor(api: PeerApi, options: DeliveryOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** Follows a message that is on its way into the outbox; never rejects. Answers come in the order of the calls. */
  async add(sending: Promise<Message>): Promise<void> {
    try {
      this.#queued(await sending);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Remembers the first reason to stop. */
  refuse(error: unknown): void {
    this.#refused ??= error;
  }

  throwIfRefused(): void {
    if (this.#refused !== null) throw this.#refused;
  }

  /** Waits for all that entered the outbox. */
  async end(): Promise<Outcome> {
    await this.#following;
    return { states: this.#states, reasons: this.#reasons, refused: this.#refused, onlyQueued: this.#options.waitMs === null };
  }

  #queued(message: Message): void {
    this.#waiting.push({ message, deadline: performance.now() + (this.#options.waitMs ?? 0) });
    this.#following ??= this.#follow();
  }

  /** One question after another; each takes all that came meanwhile, up to a bound. */
  async #follow(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, MOST_AT_ONCE);
        this.#waiting = this.#waiting.slice(batch.length);
        for (const message of await this.#settle(batch)) await this.#settled(message);
      }
    } catch (error) {
      this.refuse(error);
    }
    this.#following = null;
  }

  async #settle(batch: readonly { readonly message: Message; readonly deadline: number }[]): Promise<Message[]> {
    const messages = batch.map(({ message }) => message);
    const last = batch.at(-1);
    if (this.#options.waitMs === null || last === undefined) return messages;
    const timeoutMs = Math.max(0, Math.ceil(last.deadline - performance.now()));
    const settled = await this.#api.settled({ ids: messages.map(({ id }) => id), timeoutMs });
    const byId = new Map(settled.map((message) => [message.id, message]));
    return messages.map((message) => byId.get(message.id) ?? message);
  }

  async #settled(message: Message): Promise<void> {
    this.#states.set(message.state, (this.#states.get(message.state) ?? 0) + 1);
    if ((message.state === 'failed' || message.state === 'expired') && message.reason !== null) this.#reasons.add(message.reason);
    await this.#options.print(message);
  }
}
