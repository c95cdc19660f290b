// The numbered history of the protocol, and choosing a common version.

/** libp2p protocol ids; a new major version is a new id. */
export const RELAY_PROTOCOL = '/sotto/relay/1';
export const DIRECT_PROTOCOL = '/sotto/direct/1';
export const BLOB_PROTOCOL = '/sotto/blob/1';

/** Minor versions this program speaks, lowest and highest. */
export const MINOR_MIN = 0;
export const MINOR_MAX = 2;

/** What each minor version added. */
export const HISTORY: readonly { readonly minor: number; readonly added: string; readonly date: string }[] = [
  { minor: 0, added: 'the first wire: logs, cursors, slots, directory, links; direct offers', date: '2026-11-21' },
  { minor: 1, added: 'signals and presence', date: '2026-11-22' },
  { minor: 2, added: 'waking a device that is away', date: '2026-11-22' },
];

/** The highest minor version both sides know, or null when there is none. */
export function commonMinor(theirMin: number, theirMax: number): number | null {
  const minor = Math.min(MINOR_MAX, theirMax);
  return minor >= MINOR_MIN && minor >= theirMin ? minor : null;
}
