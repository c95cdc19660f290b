// PeerId text <-> Ed25519 public key (libp2p peer-ids spec: base58btc of the identity multihash), without loading libp2p.
import { type Bytes, concat, owned, unhex } from '../base/bytes.ts';
import type { SigningKey } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
// identity multihash (0x00), 36 bytes of protobuf: key type 1 = Ed25519, 32 bytes of key.
const PREFIX = unhex('002408011220');
/** Characters of an Ed25519 PeerId. */
export const PEER_ID_CHARS = 52;

/** The PeerId text of an Ed25519 public key (32 bytes). @throws BAD_INPUT for another length */
export function peerIdOf(publicKey: Uint8Array): string {
  if (publicKey.length !== 32) throw new SottoError('BAD_INPUT', 'An Ed25519 public key has 32 bytes.');
  let rest = BigInt(`0x${Buffer.from(concat(PREFIX, publicKey)).toString('hex')}`);
  let digits = '';
  for (; rest > 0n; rest /= 58n) digits = ALPHABET.charAt(Number(rest % 58n)) + digits;
  return `1${digits}`; // the one leading zero byte
}

/** The Ed25519 public key (32 bytes) inside a PeerId. @throws BAD_INPUT for text that is not an Ed25519 PeerId in canonical form */
export function publicKeyOf(peerId: string): Bytes {
  const bytes = peerId.length === PEER_ID_CHARS ? decodeBase58(peerId) : null;
  if (bytes === null || PREFIX.some((byte, at) => bytes[at] !== byte))
    throw new SottoError('BAD_INPUT', 'Not the PeerId of an Ed25519 key.');
  return owned(bytes.slice(PREFIX.length));
}

/** The 64 bytes (seed, then public key) that libp2p takes as an Ed25519 private key. Never log them. */
export function rawPrivateKey(key: SigningKey): Bytes {
  return concat(key.seed, key.publicKey);
}

// 38 bytes, or null for a foreign character, another length or a missing leading zero.
function decodeBase58(text: string): Uint8Array | null {
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    value = value * 58n + BigInt(digit);
  }
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return text.startsWith('1') && !text.startsWith('11') && bytes.length === 37 ? concat(new Uint8Array(1), bytes) : null;
}
