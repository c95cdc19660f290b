// What somebody pastes where a relay is asked for: an address, the line of whoever runs it (ADDRESS#TOKEN), with spaces and quotes around it.

/** What it is, as far as it can be seen here; the engine looks again. */
export type RelayLine = { readonly state: 'empty' | 'not-a-relay' | 'cut' | 'invite' } | { readonly state: 'good'; readonly relay: string };

/** Longest line that is looked at, characters. */
const MOST = 2_048;

/** Reads a pasted line. Never throws. */
export function readRelayLine(pasted: string): RelayLine {
  const line = pasted
    .slice(0, MOST)
    .replace(/^[\s"'<„“]+|[\s"'>“”]+$/g, '')
    .replace(/\s/g, '');
  if (line === '') return { state: 'empty' };
  if (line.toLowerCase().startsWith('sotto:')) return { state: 'invite' };
  const relay = line.startsWith('/') ? line : line.slice(Math.max(0, line.search(/\/(?:dns|ip)/)));
  if (!/^\/(?:dns[46]?|dnsaddr|ip[46])\/[^/]+\//.test(relay)) return { state: 'not-a-relay' };
  return /\/p2p\/\w{40,}/.test(relay) ? { state: 'good', relay } : { state: 'cut' };
}
