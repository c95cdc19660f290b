// A peer that outlives the process that serves it: when the owner of a home goes away, calls under way are made again, in order.
import { type CallName, calls, type PeerApi, type PeerEvent } from '../api.ts';
import { type Link, LinkLost } from './home-link.ts';

/** Calls that may not be made twice: nobody knows whether the lost one was done. */
const ONCE: ReadonlySet<CallName> = new Set(['createInvite', 'addContact', 'accept', 'reject', 'rename', 'resend']);

interface Call {
  readonly name: CallName;
  readonly input: unknown;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

/** Keeps calls in order over one link after another. */
export class SteadyPeer {
  readonly #relink: () => Promise<Link>;
  readonly #calls = new Set<Call>();
  readonly #listeners = new Set<(event: PeerEvent) => void>();
  #link: Link | null = null;
  #online = false;
  #closed = false;
  #failure: unknown = null;
  readonly #failed = Promise.withResolvers<never>();

  /** @param relink finds the next owner, or becomes it */
  constructor(first: Link, relink: () => Promise<Link>) {
    this.#relink = relink;
    this.#failed.promise.catch(() => undefined); // nobody need listen
    this.#use(first);
  }

  /** The contract over whatever link there is. */
  get api(): PeerApi {
    const entries = Object.keys(calls).map((name) => [name, (input: unknown) => this.#call(name as CallName, input)]);
    return { ...Object.fromEntries(entries), onEvent: (listener: (event: PeerEvent) => void) => this.#onEvent(listener) } as PeerApi;
  }

  /** Rejects when there is no way to the home any more. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async goOnline(): Promise<void> {
    this.#online = true;
    await this.#link?.goOnline().catch((error: unknown) => {
      if (!(error instanceof LinkLost)) throw error; // lost on the way: the next link goes online as well
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#link?.close();
  }

  #call(name: CallName, input: unknown): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call: Call = { name, input, resolve, reject };
    this.#calls.add(call);
    if (this.#link !== null) this.#begin(call, this.#link);
    return promise;
  }

  #begin(call: Call, link: Link): void {
    let running: Promise<unknown>;
    try {
      running = link.call(call.name, call.input);
    } catch (error) {
      running = Promise.reject(error);
    }
    const forget = (then: () => void) => {
      if (this.#calls.delete(call)) then();
    };
    running.then(
      (output) => forget(() => call.resolve(output)),
      (error) => {
        // A lost link is dealt with below, once, for all calls in their order.
        if (this.#link === link && !(error instanceof LinkLost)) forget(() => call.reject(error));
      },
    );
  }

  #onEvent(listener: (event: PeerEvent) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#link?.listen((event) => this.#tell(event)).catch(() => undefined);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: PeerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #use(link: Link): void {
    this.#link = link;
    void link.lost.then(() => this.#replace());
  }

  async #replace(): Promise<void> {
    this.#link = null;
    for (const call of this.#calls) if (ONCE.has(call.name)) this.#refuse(call, new LinkLost());
    if (this.#closed) return;
    try {
      const link = await this.#relink();
      if (this.#closed) return await link.close();
      this.#use(link);
      this.#resume(link);
    } catch (error) {
      this.#failure = error;
      this.#failed.reject(error);
      for (const call of this.#calls) this.#refuse(call, error);
    }
  }

  /** Calls first and in their order; nothing may come between the link and them. Losing this link too is dealt with by the next round. */
  #resume(link: Link): void {
    for (const call of [...this.#calls]) this.#begin(call, link);
    if (this.#listeners.size > 0) void link.listen((event) => this.#tell(event)).catch(() => undefined);
    if (this.#online) void link.goOnline().catch(() => undefined);
  }

  #refuse(call: Call, error: unknown): void {
    if (this.#calls.delete(call)) call.reject(error);
  }
}
