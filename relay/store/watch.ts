// Who wants to know that something is on disk. A listener that throws harms nobody else, least of all the writer.

/** Listeners by a text key. */
export class Watchers<T extends readonly unknown[]> {
  readonly #byKey = new Map<string, Set<(...args: T) => void>>();

  /** Adds a listener; the answer removes it. */
  add(key: string, listener: (...args: T) => void): () => void {
    const own = (...args: T) => listener(...args);
    const all = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, all.add(own));
    return () => {
      all.delete(own);
      if (all.size === 0 && this.#byKey.get(key) === all) this.#byKey.delete(key);
    };
  }

  /** True when somebody listens. */
  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  tell(key: string, ...args: T): void {
    for (const listener of this.#byKey.get(key) ?? []) {
      try {
        listener(...args);
      } catch {
        // The listener's own fault; the others and the writer go on.
      }
    }
  }

  /** The same for many keys. */
  tellAll(keys: Iterable<string>, ...args: T): void {
    for (const key of keys) this.tell(key, ...args);
  }

  /** Every key somebody listens to. */
  keys(): string[] {
    return [...this.#byKey.keys()];
  }
}
