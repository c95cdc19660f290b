// How a relay is called in a sentence: by the host of its address, which is all a person knows of it.

/** Names of this machine. */
const HERE: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** The host in an address (`/dns4/relay.example/tcp/443/…`); null for a relay on this machine; the address itself when it has no host. */
export function relayHost(address: string): string | null {
  const parts = address.split('/');
  const at = parts.findIndex((part) => /^(?:dns[46]?|dnsaddr|ip[46])$/.test(part));
  const host = parts[at + 1];
  if (at === -1 || host === undefined || host === '') return address.slice(0, 64);
  return HERE.has(host) ? null : host.slice(0, 64);
}
