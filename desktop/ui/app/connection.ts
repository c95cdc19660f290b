// What the connection line says: the truth about the lines to the relays, in one word and one name.
import type { RelayStatus } from '../../../core/api.ts';
import { relayHost } from './relay-name.ts';

/** How we are connected. `relay` is the host that is waited for; null: the relay on this machine. */
export type Connection =
  | { readonly kind: 'connected' | 'no-relay' | 'offline' }
  | { readonly kind: 'direct'; readonly count: number }
  | { readonly kind: 'partly' | 'connecting' | 'waiting' | 'refused'; readonly relay: string | null };

/** From the states of our relays, how many contacts are connected directly, and whether the device itself says that it has a network. */
export function connectionOf(relays: readonly RelayStatus[], direct: number, online: boolean): Connection {
  if (direct > 0 && relays.every(({ state }) => state !== 'connected')) return { kind: 'direct', count: direct };
  if (relays.length === 0) return { kind: 'no-relay' };
  const missing = relays.filter(({ state }) => state !== 'connected');
  const first = missing[0];
  if (first === undefined) return { kind: 'connected' };
  const relay = relayHost(first.address);
  if (missing.length < relays.length) return { kind: 'partly', relay };
  if (!online && relay !== null) return { kind: 'offline' };
  if (missing.some(({ state }) => state === 'connecting')) return { kind: 'connecting', relay };
  return { kind: missing.every(({ state }) => state === 'refused') ? 'refused' : 'waiting', relay };
}
