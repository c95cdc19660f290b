// Values that change and say so: the whole state of the page is made of these, read by React without a library.
import { useCallback, useSyncExternalStore } from 'react';

/** A value of now, and news of its changes. The same value is the same object until it changes. */
export interface Readable<T> {
  get(): T;
  /** Calls `listener` after every change, until the answer is called. */
  subscribe(listener: () => void): () => void;
}

/** A value that somebody sets. */
export class Cell<T> implements Readable<T> {
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  /** Takes the value; who listens hears of it unless it is the same. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }
}

/** The value of now; renders again when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSelected(readable, (value) => value);
}

/** A part of the value; renders again only when that part is another (by `Object.is`). `select` must not make new objects. */
export function useSelected<T, S>(readable: Readable<T>, select: (value: T) => S): S {
  const subscribe = useCallback((listener: () => void) => readable.subscribe(listener), [readable]);
  return useSyncExternalStore(subscribe, () => select(readable.get()));
}
