// The multiaddrs Sotto uses, read and written without libp2p: a host, a TCP port, WebSocket with or without TLS or nothing, a PeerId.
import { isIPv4, isIPv6 } from 'node:net';
import { SottoError } from '../base/errors.ts';
import { MAX_ADDRESS_BYTES } from '../wire/limits.ts';
import { publicKeyOf } from './peer-key.ts';

/** A multiaddr taken apart. */
export interface Address {
  /** Without the PeerId, in its normal form (`/wss` is written `/tls/ws`). */
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  /** PeerId text; null when the multiaddr names none. */
  readonly peerId: string | null;
}

const SHAPE = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d{1,5})((?:\/tls)?\/ws|\/wss|)(?:\/p2p\/([^/]+))?\/?$/;
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Reads `/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT[/ws|/tls/ws][/p2p/ID]` (or `/wss`); without WebSocket it is plain TCP.
 * @throws BAD_INPUT for anything else, saying what is wrong
 */
export function parseAddress(text: string): Address {
  const parts = text.length <= MAX_ADDRESS_BYTES ? SHAPE.exec(text) : null;
  if (parts === null) throw badAddress('It should look like /dns4/relay.example/tcp/443/tls/ws/p2p/12D3Koo…');
  const [, kind = '', rawHost = '', rawPort = '', rawTransport = '', peerId] = parts;
  const host = rawHost.toLowerCase();
  const port = Number(rawPort);
  if (!isHost(kind, host)) throw badAddress(`Its host is not valid for /${kind}.`);
  if (port > 65_535) throw badAddress('Its port is larger than 65535.');
  if (peerId !== undefined) publicKeyOf(peerId);
  const secured = rawTransport === '/wss' ? '/tls/ws' : rawTransport;
  return { transport: `/${kind}/${host}/tcp/${port}${secured}`, host, port, peerId: peerId ?? null };
}

/** The same, of an address that can be dialled: it must name its PeerId and a port. @throws BAD_INPUT */
export function parseDialAddress(text: string): Address & { readonly peerId: string } {
  const address = parseAddress(text);
  if (address.peerId === null) throw badAddress('It does not name the PeerId (/p2p/…) that must answer there.');
  if (address.port === 0) throw badAddress('Its port is 0.');
  return { ...address, peerId: address.peerId };
}

/** The multiaddr text in its normal form. */
export function formatAddress(address: Address): string {
  return address.peerId === null ? address.transport : `${address.transport}/p2p/${address.peerId}`;
}

function isHost(kind: string, host: string): boolean {
  if (kind === 'ip4') return isIPv4(host);
  if (kind === 'ip6') return isIPv6(host) && !host.includes('%');
  return HOST_NAME.test(host);
}

function badAddress(why: string): SottoError {
  return new SottoError('BAD_INPUT', `The multiaddr is not valid. ${why}`);
}
