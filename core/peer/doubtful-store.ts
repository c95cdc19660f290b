// A store that says when a commit failed: nobody knows then what is on the disk, and whoever remembers it in memory reads it again.
import type { Store } from '../store/store.ts';

/** The same store; `doubt` is called after each failed commit, before its caller hears of it. */
export function doubtfulStore(store: Store, doubt: () => void): Store {
  return {
    open: () => store.open(),
    close: () => store.close(),
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    range: (range) => store.range(range),
    prepare: (writes) => store.prepare?.(writes),
    compact: (gte, lt) => store.compact(gte, lt),
    async commit(writes) {
      try {
        await store.commit(writes);
      } catch (error) {
        doubt();
        throw error;
      }
    },
  };
}
