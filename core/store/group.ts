// Group commit: what arrives while a batch is being written shares the next one. One writer, so batches never overlap.
import type { Write } from './store.ts';

interface Group {
  readonly writes: Write[];
  readonly done: Promise<void>;
}

/** A line of writing turns. */
export class GroupWriter {
  readonly #write: (writes: readonly Write[]) => Promise<void>;
  #collecting: Group | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param write writes one batch, all or nothing */
  constructor(write: (writes: readonly Write[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves or rejects as the batch does that these writes went into. */
  add(writes: readonly Write[]): Promise<void> {
    this.#collecting ??= this.#begin();
    for (const write of writes) this.#collecting.writes.push(write);
    return this.#collecting.done;
  }

  /** Runs `task` in a turn of its own, with no batch under way. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #begin(): Group {
    const writes: Write[] = [];
    const done = this.alone(() => {
      this.#collecting = null;
      return this.#write(writes);
    });
    return { writes, done };
  }
}
