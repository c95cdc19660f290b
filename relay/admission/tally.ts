// How many of something each key holds at a time. A key that holds nothing is not remembered.

/** Counts what is held now. */
export class Tally {
  readonly #held = new Map<string, number>();

  /** How many keys hold something. */
  get size(): number {
    return this.#held.size;
  }

  /** How many this key holds. */
  of(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /** One more. */
  add(key: string): void {
    this.#held.set(key, this.of(key) + 1);
  }

  /** One less. */
  remove(key: string): void {
    const left = this.of(key) - 1;
    if (left > 0) this.#held.set(key, left);
    else this.#held.delete(key);
  }
}
