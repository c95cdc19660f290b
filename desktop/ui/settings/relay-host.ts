// The name of a relay as people know it: its host, out of an address that others may have chosen.
import { safeName } from '../design/hostile-text.ts';

/** Longest name shown, UTF-16 units. */
const MOST = 80;

/** The host of a multiaddr, with its port where it is not the usual one; the address itself where it has no host. */
export function hostOf(address: string): string {
  const [, kind = '', host = '', port = ''] = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? [];
  if (host === '') return safeName(address).slice(0, MOST);
  const bare = kind === 'ip6' ? `[${host}]` : host;
  return safeName(port === '443' ? bare : `${bare}:${port}`).slice(0, MOST);
}
