// The line an operator hands out: a relay's multiaddr, and behind `#` the token to register with. The token is a secret: never log it.
import { type Bytes, base64url, unbase64url } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { formatAddress, parseDialAddress } from './address.ts';

/** Most bytes of a token. */
export const MAX_TOKEN_BYTES = 64;

/** A relay as named by its operator. */
export interface RelayLine {
  /** Multiaddr in its normal form, with /p2p/ID. */
  readonly address: string;
  readonly peerId: string;
  /** Empty when none is needed. */
  readonly token: Bytes;
}

/** Reads "MULTIADDR" or "MULTIADDR#TOKEN" (token in base64url), with spaces around it. @throws BAD_INPUT, saying what is wrong */
export function parseRelayLine(line: string): RelayLine {
  const [text = '', token, ...more] = line.trim().split('#');
  if (more.length > 0) throw new SottoError('BAD_INPUT', 'The relay line has more than one "#".');
  const address = parseDialAddress(text);
  return { address: formatAddress(address), peerId: address.peerId, token: token === undefined ? new Uint8Array(0) : readToken(token) };
}

/** The line of a relay; parseRelayLine undoes it. */
export function formatRelayLine(relay: { readonly address: string; readonly token: Uint8Array }): string {
  return relay.token.length === 0 ? relay.address : `${relay.address}#${base64url(relay.token)}`;
}

function readToken(text: string): Bytes {
  const tooLong = text.length > Math.ceil((MAX_TOKEN_BYTES * 4) / 3);
  const token = text === '' || tooLong ? null : decode(text);
  if (token === null)
    throw new SottoError('BAD_INPUT', 'The token behind "#" is not valid or was cut off; ask the operator for the whole line.');
  return token;
}

function decode(text: string): Bytes | null {
  try {
    return unbase64url(text);
  } catch {
    return null;
  }
}
