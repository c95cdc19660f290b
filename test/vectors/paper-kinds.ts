// Rules that live above core/wire, written a second time straight from PROTOCOL.md: whoever implements them has bytes to meet.
import { createCipheriv } from 'node:crypto';
import { type Bytes, concat, hex, u32be, unhex, utf8 } from '../../core/base/bytes.ts';
import { derive, labelledHash, sha256 } from '../../core/base/hash.ts';
import { pad } from '../../core/wire/envelope.ts';
import { type Kind, kind } from './vector.ts';

function gcm(key: Uint8Array, nonce: Uint8Array, additional: Uint8Array, plain: Uint8Array): Bytes {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(additional);
  return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag());
}

interface Sealed {
  readonly key: string;
  readonly salt: string;
  readonly body: string;
}

/** `front || salt || AES-256-GCM(pad(body))`, key and nonce from HKDF; front and salt are the associated data. */
function sealed({ key, salt, body }: Sealed, what: string, front: Uint8Array): Bytes {
  const header = concat(front, unhex(salt));
  const secret = derive(unhex(key), unhex(salt), what, 44);
  return concat(header, gcm(secret.subarray(0, 32), secret.subarray(32), header, pad(unhex(body), header.length + 16)));
}

/** `1 || generation id` in front of envelopes and slots. */
function generationFront({ key }: Sealed): Bytes {
  return concat(Uint8Array.of(1), labelledHash('generation', unhex(key)).slice(0, 16));
}

interface Device {
  readonly root: string;
  readonly device: number;
}

interface Blob {
  readonly key: string;
  readonly size: number;
}

/** The content of a blob's vector: byte n is n modulo 251. */
export function blobContent(size: number): Bytes {
  return Uint8Array.from({ length: size }, (_, at) => at % 251);
}

/** A blob's address, and its bytes while they are few. The padding of these lengths is worked out by hand: 1,024 and, for 263,000, 270,336. */
function blob({ key, size }: Blob): Bytes {
  const padded = concat(blobContent(size), new Uint8Array((size <= 1_024 ? 1_024 : 270_336) - size));
  const chunks = padded.length > 262_144 ? [padded.subarray(0, 262_144), padded.subarray(262_144)] : [padded];
  const nonce = (at: number) => concat(new Uint8Array(10), Uint8Array.of(at, at === chunks.length - 1 ? 1 : 0));
  const sealedChunks = concat(...chunks.map((chunk, at) => gcm(unhex(key), nonce(at), utf8('sotto/blob/1\0'), chunk)));
  return concat(sha256(sealedChunks), sealedChunks.subarray(0, chunks.length === 1 ? sealedChunks.length : 0));
}

/** Kinds that the paper alone describes here. */
export const paperKinds: Readonly<Record<string, Kind>> = {
  'wrapped envelope': kind<Sealed>((value) => sealed(value, 'envelope', generationFront(value))),
  'sealed signal': kind<Sealed>((value) => sealed(value, 'signal', generationFront(value))),
  'sealed slot': kind<Sealed>((value) => sealed(value, 'slot', generationFront(value))),
  'sealed manifest': kind<Sealed>((value) => sealed(value, 'sealed-manifest', Uint8Array.of(1))),
  'sealed blob': kind<Blob>(blob),
  'manifest hash': kind<string>((value) => labelledHash('manifest-hash', unhex(value))),
  'device order': kind<Device>((value) => labelledHash('device-order', unhex(value.root), u32be(value.device)).slice(0, 6)),
  commit: kind<string>((value) => labelledHash('commit', unhex(value))),
  body: kind<{ key: string; content: string }>((value) =>
    gcm(unhex(value.key), new Uint8Array(12), labelledHash('commit', unhex(value.content)), unhex(value.content)),
  ),
  'address name': kind<string>((root) => {
    const id = hex(labelledHash('account', unhex(root))).slice(0, 32);
    return utf8(id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  }),
  'message id': kind<Device & { inner: string }>((value) =>
    labelledHash('message', unhex(value.root), u32be(value.device), unhex(value.inner)).slice(0, 16),
  ),
};
