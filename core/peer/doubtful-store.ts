// A store that counts its commits, and says when one failed: nobody knows then what is on the disk, and whoever remembers it in memory
// reads it again.
import type { Store } from '../store/store.ts';

/** A store and how often it was written to. */
export interface CountedStore extends Store {
  /** Commits begun: while it stays the same, what was read still stands. */
  readonly commits: number;
}

/** The same store; `doubt` is called after each failed commit, before its caller hears of it. */
export function doubtfulStore(store: Store, doubt: () => void): CountedStore {
  let commits = 0;
  return {
    open: () => store.open(),
    close: () => store.close(),
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    range: (range) => store.range(range),
    prepare: (writes) => store.prepare?.(writes),
    compact: (gte, lt) => store.compact(gte, lt),
    get commits() {
      return commits;
    },
    async commit(writes) {
      commits += 1;
      try {
        await store.commit(writes);
      } catch (error) {
        doubt();
        throw error;
      }
    },
  };
}
