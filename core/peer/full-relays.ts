// Which outboxes wait for room at a relay, so that it is said once: in memory, and a restart says it once more.

/** Remembers what was said to be full, by outbox target. */
export class FullRelays {
  readonly #told = new Set<string>();

  /** What is bound for `target` found no room. @returns true when that is news */
  isFull(target: string): boolean {
    const isNews = !this.#told.has(target);
    this.#told.add(target);
    return isNews;
  }

  /** Something bound for `target` was taken, or nobody could be told: the next refusal is news again. */
  hasRoom(target: string): void {
    this.#told.delete(target);
  }
}
