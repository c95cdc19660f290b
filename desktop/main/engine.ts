// Keeps the engine's process running: starts it, asks whether it is alive, ends one that hangs, starts another after a growing pause, and
// lets it write everything down before the app goes.
import type { Clock } from '../../core/base/clock.ts';
import { type FromEngine, readFromEngine, type ToEngine } from '../engine-protocol.ts';

/** How often the engine is asked whether it is alive, ms. */
export const ASK_EVERY_MS = 5_000;
/** Unanswered questions after which it hangs. Counted and not timed: a computer that slept asked nothing. */
export const MOST_UNANSWERED = 3;
/** First pause before another start, ms; doubled each time. */
export const FIRST_PAUSE_MS = 250;
/** Longest pause, ms. */
export const LONGEST_PAUSE_MS = 30_000;
/** An engine that ran so long was well: pauses begin at the first again, ms. */
export const WELL_AFTER_MS = 60_000;
/** Going down takes at most so long, ms: the store, the socket, a last word to the relay. */
export const STOP_DEADLINE_MS = 10_000;

/** What of a process of its own has use here; Electron's `UtilityProcess`, or any child in a test. */
export interface EngineProcess<Port> {
  postMessage(message: ToEngine, transfer?: Port[]): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: () => void): void;
  /** Ends it at once, also one that hangs. What it had committed is on the disk. */
  kill(): void;
}

/** How the engine fares. `attempt`: how many ended in a row. */
export type EngineNews = { readonly state: 'up' } | { readonly state: 'crashed' | 'hung'; readonly attempt: number };

/** What the keeper is given. */
export interface EngineOptions<Port> {
  readonly fork: () => EngineProcess<Port>;
  readonly clock: Clock;
  readonly onMessage: (message: FromEngine) => void;
  readonly onNews: (news: EngineNews) => void;
}

/** The engine, over all its lives. */
export class Engine<Port> {
  readonly #options: EngineOptions<Port>;
  #process: EngineProcess<Port> | null = null;
  #cancel: () => void = () => undefined;
  #startedAt = 0;
  #ended = 0;
  #hung = false;
  #asked = 0;
  #answered = 0;
  #stopping: PromiseWithResolvers<void> | null = null;

  constructor(options: EngineOptions<Port>) {
    this.#options = options;
  }

  /** True while there is a process to talk to. */
  get isUp(): boolean {
    return this.#process !== null;
  }

  /** Starts it; it stays up until `stop`. */
  start(): void {
    const { fork, clock, onMessage, onNews } = this.#options;
    const process = fork();
    this.#process = process;
    this.#startedAt = clock.monotonic();
    this.#hung = false;
    this.#answered = this.#asked;
    process.onExit(() => this.#gone(process));
    process.onMessage((raw) => {
      const message = readFromEngine(raw);
      if (message === null || this.#process !== process) return;
      if (message.kind === 'pong') this.#answered = message.ping;
      else onMessage(message);
    });
    this.#later(ASK_EVERY_MS, () => this.#ask(process));
    onNews({ state: 'up' });
  }

  /** Says something to the engine; false when there is none now. */
  say(message: ToEngine, ...ports: Port[]): boolean {
    this.#process?.postMessage(message, ports);
    return this.#process !== null;
  }

  /** Lets it write everything down and go; resolves when it is gone, at the latest after the deadline. */
  stop(): Promise<void> {
    if (this.#stopping !== null) return this.#stopping.promise;
    this.#stopping = Promise.withResolvers<void>();
    const process = this.#process;
    if (process === null) {
      this.#cancel();
      this.#stopping.resolve();
    } else {
      this.#later(STOP_DEADLINE_MS, () => process.kill());
      process.postMessage({ kind: 'stop' });
    }
    return this.#stopping.promise;
  }

  #ask(process: EngineProcess<Port>): void {
    if (this.#asked - this.#answered >= MOST_UNANSWERED) {
      this.#hung = true;
      process.kill();
      return;
    }
    this.#asked += 1;
    process.postMessage({ kind: 'ping', ping: this.#asked });
    this.#later(ASK_EVERY_MS, () => this.#ask(process));
  }

  #gone(process: EngineProcess<Port>): void {
    if (this.#process !== process) return;
    this.#process = null;
    this.#cancel();
    if (this.#stopping !== null) {
      this.#stopping.resolve();
      return;
    }
    const wasWell = this.#options.clock.monotonic() - this.#startedAt >= WELL_AFTER_MS;
    this.#ended = wasWell ? 1 : this.#ended + 1;
    this.#options.onNews({ state: this.#hung ? 'hung' : 'crashed', attempt: this.#ended });
    this.#later(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#ended - 1)), () => this.start());
  }

  /** One timer at a time: what is next depends on what happened last. */
  #later(ms: number, then: () => void): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(ms, then);
  }
}
