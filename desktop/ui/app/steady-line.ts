// A line to the engine that is made again whenever it breaks. What is offered stays the same object over all connections. Tries again quickly
// at first and slowly later, and never while nobody looks: a hidden window waits until it is seen. Holds no DOM.

import { SottoError } from '../../../core/base/errors.ts';
import type { Carrier } from '../../../core/carrier/carrier.ts';
import { connectApi } from '../../../core/carrier/connect.ts';
import { type WindowApi, type WindowEvent, windowContract } from '../../../core/window-api.ts';
import type { EngineLine, LineState } from './engine-line.ts';
import { Cell, type Readable } from './readable.ts';

/** Wait before each further try, ms; the last one from then on. */
const WAITS_MS = [0, 250, 500, 1_000, 2_000, 4_000, 8_000] as const;
/** A call that takes longer than this makes us ask whether the engine is there at all, ms. */
export const LONG_MS = 4_000;
/** How long the engine may take to say that it is there, ms. */
export const HUNG_MS = 4_000;

/** What of the page is of use here. */
export interface World {
  /** True while somebody can see the page. */
  isSeen(): boolean;
  /** Calls `listener` when the page is seen again or the device is online again. */
  onWake(listener: () => void): void;
  /** Runs it after so long, ms; the answer stops it. */
  after(ms: number, run: () => void): () => void;
}

type Call = (input: unknown) => Promise<unknown>;

/** See above. Starts at once. */
export class SteadyLine implements EngineLine {
  readonly api: WindowApi;
  readonly #open: () => Promise<Carrier | null>;
  readonly #world: World;
  readonly #state = new Cell<LineState>('connecting');
  readonly #tries = new Cell(0);
  readonly #hung = new Cell(false);
  readonly #listeners = new Set<(event: WindowEvent) => void>();
  #now: WindowApi | null = null;
  #opening = false;
  #asking = false;
  #stopWaiting: (() => void) | null = null;

  constructor(open: () => Promise<Carrier | null>, world: World) {
    this.#open = open;
    this.#world = world;
    const names = Object.keys(windowContract.calls);
    const calls = Object.fromEntries(names.map((name) => [name, (input: unknown) => this.#call(name, input)]));
    this.api = { ...calls, onEvent: (listener: (event: WindowEvent) => void) => this.#listen(listener) } as WindowApi;
    world.onWake(() => this.#tryNow());
    this.#tryNow();
  }

  get state(): Readable<LineState> {
    return this.#state;
  }

  get tries(): Readable<number> {
    return this.#tries;
  }

  get hung(): Readable<boolean> {
    return this.#hung;
  }

  #listen(listener: (event: WindowEvent) => void): () => void {
    const own = (event: WindowEvent) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  async #call(name: string, input: unknown): Promise<unknown> {
    const now = this.#now;
    if (now === null) throw new SottoError('CLOSED', 'The engine is away.');
    const stop = this.#world.after(LONG_MS, () => void this.#ask(now));
    try {
      return await (now[name as keyof WindowApi] as Call)(input);
    } finally {
      stop();
    }
  }

  /** Something takes long: is the engine there? */
  async #ask(now: WindowApi): Promise<void> {
    if (this.#asking || now !== this.#now || !this.#world.isSeen()) return;
    this.#asking = true;
    const stop = this.#world.after(HUNG_MS, () => this.#hung.set(now === this.#now));
    await now.home({}).catch(() => {});
    stop();
    this.#asking = false;
    this.#hung.set(false);
  }

  #tryNow(): void {
    if (this.#now !== null || this.#opening) return;
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    this.#opening = true;
    void this.#open()
      .catch(() => null)
      .then((carrier) => this.#opened(carrier));
  }

  /** In the same turn in which the carrier came: nothing that it says is missed. */
  #opened(carrier: Carrier | null): void {
    this.#opening = false;
    if (carrier === null) {
      this.#wait();
      return;
    }
    const now = connectApi(carrier, windowContract);
    this.#now = now;
    now.onEvent((event) => {
      for (const listener of [...this.#listeners]) listener(event);
    });
    this.#tries.set(0);
    this.#state.set('connected');
    carrier.onClose(() => {
      this.#now = null;
      this.#hung.set(false);
      this.#state.set('lost');
      this.#wait();
    });
  }

  #wait(): void {
    const tries = this.#tries.get();
    this.#tries.set(tries + 1);
    if (tries > 0 && !this.#world.isSeen()) return;
    this.#stopWaiting = this.#world.after(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? 0, () => this.#tryNow());
  }
}
