// From the name of a host to the one address that is called. It is resolved once, checked, and that very address is connected to: a name that says
// something else a moment later (DNS rebinding) changes nothing.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublic } from './ranges.ts';

/** How long one question may take, ms, and how often it is asked: within the deadline of a call. */
const QUESTION_MS = 1_500;
const TRIES = 2;

/** All addresses of a name; none when it has none now. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** The address to call: `private` when the operator does not allow one of them, `unknown` when there is none now. */
export async function addressOf(host: string, resolve: Resolve, allowPrivate: boolean, turn: number): Promise<string> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (!allowPrivate && !addresses.every(isPublic)) return 'private';
  return addresses.length === 0 ? 'unknown' : (addresses[turn % addresses.length] ?? 'unknown');
}

/**
 * Asks the DNS, IPv4 first. Not by getaddrinfo: that works in the few threads that the store's disk needs too, and a name server that never answers
 * would hold them. So /etc/hosts is not looked at.
 */
export function dnsResolver(): Resolve {
  const resolver = new Resolver({ timeout: QUESTION_MS, tries: TRIES });
  return async (host) => {
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  };
}
