// Since when a relay is away, as this window has seen it: only a line that was seen going down has a time. Nothing is guessed.
import type { RelayStatus } from '../../../core/api.ts';
import { Cell, type Readable } from '../app/readable.ts';

const down = new Cell<ReadonlyMap<string, number>>(new Map());

/** By PeerId: when its line went down, ms. */
export const relaysDown: Readable<ReadonlyMap<string, number>> = down;

/** Watches the relays until the answer is called. @param now the clock, ms */
export function watchRelays(relays: Readable<readonly RelayStatus[]>, now: () => number): () => void {
  let connected = new Set<string>();
  const look = () => {
    const before = connected;
    const all = relays.get();
    connected = new Set(all.filter(({ state }) => state === 'connected').map(({ peerId }) => peerId));
    const times = new Map<string, number>();
    for (const { peerId } of all) {
      const since = down.get().get(peerId) ?? (before.has(peerId) ? now() : undefined);
      if (!connected.has(peerId) && since !== undefined) times.set(peerId, since);
    }
    if (times.size > 0 || down.get().size > 0) down.set(times);
  };
  look();
  return relays.subscribe(look);
}
