// What lies on a person's disk, copied: a second device with the same keys, as a restored backup or a cloned machine makes one.
import { MemoryStore } from '../../core/store/memory.ts';
import type { Store } from '../../core/store/store.ts';

/** Everything a store holds, in a store of its own. */
export async function copyOf(store: Store): Promise<Store> {
  const copy = new MemoryStore();
  await copy.open();
  const writes: { key: Uint8Array; value: Uint8Array }[] = [];
  for await (const pair of store.range({ gte: new Uint8Array(0), lt: new Uint8Array(64).fill(255) })) writes.push(pair);
  await copy.commit(writes);
  return copy;
}
