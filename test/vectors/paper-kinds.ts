// Rules that live above core/wire, written a second time straight from PROTOCOL.md: whoever implements them has bytes to meet.
import { createCipheriv } from 'node:crypto';
import { type Bytes, concat, hex, u32be, unhex, utf8 } from '../../core/base/bytes.ts';
import { derive, labelledHash } from '../../core/base/hash.ts';
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

/** Kinds that the paper alone describes here. */
export const paperKinds: Readonly<Record<string, Kind>> = {
  'wrapped envelope': kind<Sealed>((value) => sealed(value, 'envelope', generationFront(value))),
  'sealed slot': kind<Sealed>((value) => sealed(value, 'slot', generationFront(value))),
  'sealed manifest': kind<Sealed>((value) => sealed(value, 'sealed-manifest', Uint8Array.of(1))),
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
