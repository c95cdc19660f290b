// Who counts as one address: an IPv4 address, or the /64 of an IPv6 one, since whoever has one address there has 2^64 of them.
import { isIPv6 } from 'node:net';

/** Groups of a /64, of the eight that an IPv6 address has. */
const PREFIX_GROUPS = 4;

/** The name that all sockets of one address share. Only for memory: an address is never stored and never logged (C7). */
export function addressGroup(host: string): string {
  const plain = host.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups
    .slice(0, PREFIX_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
