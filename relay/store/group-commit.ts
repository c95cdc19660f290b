// The one writer: what piled up during the last batch goes into one batch with one fsync. It answers nobody before that, and after a
// failed batch it never writes on before the disk has been brought back to what it really holds.
import type { Clock } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import type { Disk } from './disk.ts';
import { Turn } from './turn.ts';

/** Entries of one batch. Larger ones only add latency (facts: no gain beyond some hundreds). */
const MAX_GROUP_ENTRIES = 512;
/** Bytes of one batch: a quarter of LevelDB's write buffer. */
const MAX_GROUP_BYTES = 4_194_304;
/** How long a lazy job (an ack) waits for company, ms. */
export const LAZY_MS = 50;

/** One caller's change. It may be prepared again after a failure, so it must change nothing but the turn. */
export interface Job<T> {
  /** Entries and bytes it may write: what a batch is bounded by. */
  readonly entries: number;
  readonly bytes: number;
  /** Asks the turn to read ahead. */
  want?(turn: Turn): void;
  /** Asks again, knowing the first answers. */
  wantMore?(turn: Turn): void;
  /** Writes into the turn; reads first, so that a fault leaves nothing half-written. */
  apply(turn: Turn): T | Promise<T>;
}

/** A small job of one record or two. */
export function small<T>(bytes: number, apply: (turn: Turn) => Promise<T>): Job<T> {
  return { entries: 1, bytes, apply };
}

/** What the writer tells its owner. */
export interface GroupCommitOwner {
  /** Last words of a turn: what changed in memory is written into it. */
  seal(turn: Turn): void;
  /** What is remembered of the disk may be wrong; `written` says that the disk was opened again and may hold more than was answered. */
  forget(written: boolean): void;
}

interface Waiting {
  readonly job: Job<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (fault: unknown) => void;
  value: unknown;
}

interface Flight {
  readonly turn: Turn;
  done: boolean;
  readonly landed: Promise<boolean>;
}

/** Runs jobs in the order they came, several to a batch; prepares the next batch while one is being written when enough is waiting. */
export class GroupCommit {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #owner: GroupCommitOwner;
  #queue: Waiting[] = [];
  #entries = 0;
  #lazy: Waiting[] = [];
  #stopLazy: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  #accepting = false;
  #suspect = false;

  constructor(disk: Disk, clock: Clock, owner: GroupCommitOwner) {
    this.#disk = disk;
    this.#clock = clock;
    this.#owner = owner;
  }

  start(): void {
    this.#accepting = true;
    this.#suspect = false;
  }

  /** Finishes what was accepted and takes no more. */
  async stop(): Promise<void> {
    this.#accepting = false;
    this.#hurry();
    while (this.#running !== null) await this.#running;
  }

  /** Resolves once the job's batch is on disk. @throws STORE_FAILED, CLOSED */
  submit<T>(job: Job<T>): Promise<T> {
    return this.#accept(job, (waiting) => {
      this.#queue.push(waiting);
      this.#entries += job.entries;
      this.#run();
    });
  }

  /** As submit, but goes with the next batch or after LAZY_MS. */
  submitLazily<T>(job: Job<T>): Promise<T> {
    return this.#accept(job, (waiting) => {
      this.#lazy.push(waiting);
      this.#stopLazy ??= this.#clock.after(LAZY_MS, () => this.#hurry());
    });
  }

  #accept<T>(job: Job<T>, queue: (waiting: Waiting) => void): Promise<T> {
    if (!this.#accepting) return Promise.reject(new SottoError('CLOSED', 'The store is closed.'));
    return new Promise<T>((resolve, reject) => queue({ job, resolve, reject, value: undefined }));
  }

  #hurry(): void {
    const lazy = this.#takeLazy();
    if (lazy.length === 0) return;
    this.#queue.push(...lazy);
    for (const { job } of lazy) this.#entries += job.entries;
    this.#run();
  }

  #takeLazy(): Waiting[] {
    this.#stopLazy?.();
    this.#stopLazy = null;
    const lazy = this.#lazy;
    this.#lazy = [];
    return lazy;
  }

  #run(): void {
    if (this.#running === null) {
      this.#running = this.#loop().finally(() => {
        this.#running = null;
        if (this.#queue.length > 0) this.#run();
      });
    } else if (this.#entries >= MAX_GROUP_ENTRIES) this.#wake?.();
  }

  async #loop(): Promise<void> {
    let flight: Flight | null = null;
    await breath();
    for (;;) {
      if (flight !== null && this.#entries < MAX_GROUP_ENTRIES) await this.#landedOrFull(flight);
      // Whoever was just answered may have more to say: one breath gathers a fuller batch than none.
      if (flight?.done && this.#entries < MAX_GROUP_ENTRIES) await breath();
      const group = this.#take();
      if (group.length === 0) {
        if (flight === null) return;
        if (!(await flight.landed)) await this.#heal([]);
        flight = null;
        continue;
      }
      const turn: Turn | null = this.#suspect && !(await this.#heal(group)) ? null : await this.#prepare(group, flight?.turn ?? null);
      const landed: boolean = flight === null || (await flight.landed);
      flight = null;
      if (!landed) this.#putBack(group, turn);
      else if (turn !== null) flight = this.#fly(turn, group);
    }
  }

  /** Waits until the batch is on disk, or so much is waiting that the next one is best prepared meanwhile. */
  async #landedOrFull(flight: Flight): Promise<void> {
    const full = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([flight.landed, full]);
    this.#wake = null;
  }

  #take(): Waiting[] {
    let [entries, bytes, count] = [0, 0, 0];
    for (const { job } of this.#queue) {
      if (count > 0 && (entries + job.entries > MAX_GROUP_ENTRIES || bytes + job.bytes > MAX_GROUP_BYTES)) break;
      entries += job.entries;
      bytes += job.bytes;
      count++;
    }
    this.#entries -= entries;
    const group = this.#queue.splice(0, count);
    // Behind the others: an ack may speak of an entry that came just before it.
    return count > 0 ? group.concat(this.#takeLazy()) : group;
  }

  /** A turn with every job of the group applied; a job that fails is rejected and the others start again without it. */
  async #prepare(group: Waiting[], below: Turn | null): Promise<Turn | null> {
    while (group.length > 0) {
      let turn: Turn | null = null;
      let failing: Waiting | null = null;
      try {
        turn = new Turn(this.#disk, below, this.#clock.now());
        await this.#readAhead(group, turn);
        for (const waiting of group) {
          failing = waiting;
          const value = waiting.job.apply(turn);
          waiting.value = value instanceof Promise ? await value : value;
        }
        failing = null;
        this.#owner.seal(turn);
        return turn;
      } catch (cause) {
        turn?.batch.drop();
        this.#owner.forget(false);
        const rejected = failing === null ? group.splice(0) : group.splice(group.indexOf(failing), 1);
        for (const waiting of rejected) waiting.reject(cause);
      }
    }
    return null;
  }

  async #readAhead(group: readonly Waiting[], turn: Turn): Promise<void> {
    for (const { job } of group) job.want?.(turn);
    await turn.fetch();
    for (const { job } of group) job.wantMore?.(turn);
    await turn.fetch();
  }

  #fly(turn: Turn, group: readonly Waiting[]): Flight {
    turn.settle();
    const flight: Flight = {
      turn,
      done: false,
      landed: (turn.empty ? dropped(turn) : turn.batch.write()).then(
        () => {
          flight.done = true;
          for (const waiting of group) waiting.resolve(waiting.value as never);
          for (const then of turn.landed) then();
          return true;
        },
        (cause: unknown) => {
          flight.done = true;
          this.#suspect = true;
          for (const waiting of group) waiting.reject(cause);
          return false;
        },
      ),
    };
    return flight;
  }

  /** What was prepared on top of a failed batch is prepared anew, in its old place. */
  #putBack(group: readonly Waiting[], turn: Turn | null): void {
    turn?.batch.drop();
    this.#owner.forget(false);
    this.#queue.unshift(...group);
    for (const { job } of group) this.#entries += job.entries;
  }

  /** True when the disk can be written again; otherwise the group is rejected. */
  async #heal(group: readonly Waiting[]): Promise<boolean> {
    this.#owner.forget(false);
    try {
      await this.#disk.heal();
      this.#suspect = false;
      this.#owner.forget(true);
      return true;
    } catch (cause) {
      for (const waiting of group) waiting.reject(cause);
      return false;
    }
  }
}

/** Lets everything that is ready to run do so. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function dropped(turn: Turn): Promise<void> {
  turn.batch.drop();
}
