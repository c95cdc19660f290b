// A map that never changes and of which a changed one costs little, however much it holds: a backlog changes one of thousands of rows
// thousands of times, and a copy of all for each time took half of what the page computed.

/** Changes kept beside the rest; with more of them all is put together anew. */
const MOST_CHANGED = 32;

/** See above. */
export class LayeredMap<K, V> implements Iterable<readonly [K, V]> {
  readonly #rest: ReadonlyMap<K, V>;
  /** What stands in place of what `rest` holds, or is not in it. */
  readonly #changed: ReadonlyMap<K, V>;

  constructor(entries: Iterable<readonly [K, V]> = [], changed: ReadonlyMap<K, V> = new Map()) {
    this.#rest = entries instanceof Map ? entries : new Map(entries);
    this.#changed = changed;
  }

  get(key: K): V | undefined {
    return this.#changed.get(key) ?? this.#rest.get(key);
  }

  /** The same with this value. */
  with(key: K, value: V): LayeredMap<K, V> {
    const changed = new Map(this.#changed).set(key, value);
    return changed.size > MOST_CHANGED ? new LayeredMap([...this.#rest, ...changed]) : new LayeredMap(this.#rest, changed);
  }

  /** Everything that it holds, each key once. */
  [Symbol.iterator](): Iterator<readonly [K, V]> {
    return new Map([...this.#rest, ...this.#changed])[Symbol.iterator]();
  }
}
