// Which addresses a relay may call: globally reachable unicast and nothing else. Whoever names an endpoint is a stranger; without this the relay
// would knock at its operator's own services for them (H8).
// IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890): iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry;
// multicast: iana.org/assignments/multicast-addresses; what is assigned at all of IPv6: iana.org/assignments/ipv6-unicast-address-assignments.
import { BlockList, isIP } from 'node:net';

/** Every special range of IPv4, also the few that are routed: AS112 and relay anycast serve no push service. */
const SPECIAL_V4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by customers of one provider (CGNAT)
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, where clouds keep their metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // IETF protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relay anycast, deprecated
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and the limited broadcast
] as const;

/** Global unicast of IPv6 is this alone: loopback, mapped and translated IPv4, unique-local, link-local and multicast all lie outside. */
const GLOBAL_V6 = ['2000::', 3] as const;

/** Special ranges inside it. */
const SPECIAL_V6 = [
  ['2001::', 23], // IETF protocol assignments: Teredo, benchmarks, ORCHID, AMT, DRIP
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which carries any address of IPv4
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
] as const;

const special = new BlockList();
for (const [net, prefix] of SPECIAL_V4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of SPECIAL_V6) special.addSubnet(net, prefix, 'ipv6');
const globalV6 = new BlockList();
globalV6.addSubnet(...GLOBAL_V6, 'ipv6');

/** True for an IP address that stands for one machine on the public internet; false for whatever is no address. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  // A zone names a link of this machine.
  if (family !== 6 || address.includes('%')) return false;
  return globalV6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
