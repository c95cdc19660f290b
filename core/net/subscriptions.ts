// Hands pushes to the sink of their handle, in order. What comes before the subscriber knows that it is subscribed is held back.
import { SottoError } from '../base/errors.ts';
import { WINDOW_BYTES } from '../wire/limits.ts';
import type { Entries, Sink } from './relay-connection.ts';

/** Bytes that may be pushed for a subscription before its answer; a relay answers first, so one that sends this much is broken. */
const MAX_EARLY_BYTES = WINDOW_BYTES;

/** A run that was pushed and not acknowledged. */
interface Unacknowledged {
  readonly last: number;
  readonly bytes: number;
}

interface Subscription {
  readonly sink: Sink;
  /** Null once live. */
  held: (() => void)[] | null;
  /** Bytes pushed before the answer. */
  early: number;
  answered: boolean;
  /** Runs pushed and not acknowledged, in their order, and their bytes: what waits for our disk. */
  runs: Unacknowledged[];
  waiting: number;
}

/** The subscriptions of one connection. */
export class Subscriptions {
  readonly #byHandle = new Map<number, Subscription>();

  /** Takes the place of an earlier subscription of this handle. */
  add(handle: number, sink: Sink): { answered(): void; start(): void; remove(): void } {
    const subscription: Subscription = { sink, held: [], early: 0, answered: false, runs: [], waiting: 0 };
    this.#byHandle.set(handle, subscription);
    return {
      answered: () => {
        subscription.answered = true;
      },
      start: () => this.#start(handle, subscription),
      remove: () => {
        if (this.#byHandle.get(handle) === subscription) this.#byHandle.delete(handle);
      },
    };
  }

  has(handle: number): boolean {
    return this.#byHandle.has(handle);
  }

  remove(handle: number): void {
    this.#byHandle.delete(handle);
  }

  clear(): void {
    this.#byHandle.clear();
  }

  /** We have everything up to `seq` on the disk: that much of the window is free. */
  acknowledged(handle: number, seq: number): void {
    const subscription = this.#byHandle.get(handle);
    if (subscription === undefined) return;
    const freed = subscription.runs.findIndex(({ last }) => last > seq);
    for (const { bytes } of subscription.runs.splice(0, freed === -1 ? subscription.runs.length : freed)) subscription.waiting -= bytes;
  }

  /** @throws MALFORMED when more is pushed before the subscription was answered, or without our acks, than the window holds */
  entries(handle: number, run: Entries, bytes: number): void {
    this.#count(this.#byHandle.get(handle), run.head.seq, bytes);
    this.give(handle, bytes, (sink) => sink.entries(run));
  }

  #count(subscription: Subscription | undefined, last: number, bytes: number): void {
    if (subscription === undefined) return;
    if (subscription.waiting > 0 && subscription.waiting + bytes > WINDOW_BYTES)
      throw new SottoError('MALFORMED', 'The relay pushes more than its window without waiting for us.');
    subscription.waiting += bytes;
    subscription.runs.push({ last, bytes });
  }

  /** Hands a push over, in its turn. @throws MALFORMED when more is pushed before the subscription was answered than the window holds */
  give(handle: number, bytes: number, give: (sink: Sink) => void): void {
    const subscription = this.#byHandle.get(handle);
    if (subscription === undefined) return; // closed while the push was on its way
    if (!subscription.answered) subscription.early += bytes;
    if (subscription.early > MAX_EARLY_BYTES) throw new SottoError('MALFORMED', 'The relay pushes without having answered.');
    if (subscription.held === null) give(subscription.sink);
    else subscription.held.push(() => give(subscription.sink));
  }

  #start(handle: number, subscription: Subscription): void {
    const held = subscription.held ?? [];
    subscription.held = null;
    for (const give of held) if (this.#byHandle.get(handle) === subscription) give();
  }
}
