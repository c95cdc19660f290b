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

interface Wrapped {
  readonly key: string;
  readonly salt: string;
  readonly body: string;
}

function wrap(value: Wrapped, what: 'envelope' | 'slot'): Bytes {
  const [key, salt] = [unhex(value.key), unhex(value.salt)];
  const header = concat(Uint8Array.of(1), labelledHash('generation', key).slice(0, 16), salt);
  const secret = derive(key, salt, what, 44);
  const plain = what === 'envelope' ? pad(unhex(value.body), header.length + 16) : unhex(value.body);
  return concat(header, gcm(secret.subarray(0, 32), secret.subarray(32), header, plain));
}

/** Kinds that the paper alone describes here. */
export const paperKinds: Readonly<Record<string, Kind>> = {
  'wrapped envelope': kind<Wrapped>((value) => wrap(value, 'envelope')),
  'sealed slot': kind<Wrapped>((value) => wrap(value, 'slot')),
  commit: kind<string>((value) => labelledHash('commit', unhex(value))),
  body: kind<{ key: string; content: string }>((value) =>
    gcm(unhex(value.key), new Uint8Array(12), labelledHash('commit', unhex(value.content)), unhex(value.content)),
  ),
  'address name': kind<string>((root) => {
    const id = hex(labelledHash('account', unhex(root))).slice(0, 32);
    return utf8(id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  }),
  'message id': kind<{ root: string; device: number; inner: string }>((value) =>
    labelledHash('message', unhex(value.root), u32be(value.device), unhex(value.inner)).slice(0, 16),
  ),
};
