// Noise with its cipher made cheap: stock takes raw keys (15 us a record more) and throws an error with a stack after every record.
// Touches private fields of a pinned version; without them it works as stock. It must never change what stands on the wire.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { type ICryptoInterface, noise } from '@chainsafe/libp2p-noise';
import { asCrypto, defaultCrypto } from '@chainsafe/libp2p-noise/crypto';

/** Above this many bytes Node's cipher is cheaper than the one in WebAssembly (measured with key objects: 512 even, 1,100 a third less). */
const SMALL_BYTES = 640;
const TAG_BYTES = 16;
const CIPHER = 'chacha20-poly1305';
const TAG = { authTagLength: TAG_BYTES };

/** What libp2p gives and takes: bytes, or several that are read as one. */
interface Pieces {
  readonly byteLength: number;
  subarray(from?: number, to?: number): Uint8Array;
}

/** Handles by the very bytes of their key, which Noise keeps for a session's life. */
const handles = new WeakMap<Uint8Array, KeyObject>();

function handleOf(key: Uint8Array): KeyObject {
  let handle = handles.get(key);
  if (handle === undefined) {
    handle = createSecretKey(key);
    handles.set(key, handle);
  }
  return handle;
}

/** ChaCha20-Poly1305 (RFC 8439): ciphertext || tag. */
export function encrypt(plain: Pieces, nonce: Uint8Array, associated: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, handleOf(key), nonce, TAG);
  cipher.setAAD(associated, { plaintextLength: plain.byteLength });
  const sealed = new Uint8Array(plain.byteLength + TAG_BYTES);
  sealed.set(cipher.update(plain.subarray()));
  cipher.final();
  sealed.set(cipher.getAuthTag(), plain.byteLength);
  return sealed;
}

/** Undoes encrypt. @throws Error when any bit is another */
export function decrypt(sealed: Pieces, nonce: Uint8Array, associated: Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = sealed.subarray();
  const end = bytes.length - TAG_BYTES;
  const cipher = createDecipheriv(CIPHER, handleOf(key), nonce, TAG);
  cipher.setAAD(associated, { plaintextLength: end });
  cipher.setAuthTag(bytes.subarray(end));
  const plain = cipher.update(bytes.subarray(0, end));
  cipher.final();
  return plain;
}

const crypto: ICryptoInterface = {
  ...defaultCrypto,
  chaCha20Poly1305Encrypt: (plain, nonce, associated, key) =>
    plain.byteLength < SMALL_BYTES
      ? asCrypto.chaCha20Poly1305Encrypt(plain, nonce, associated, key)
      : encrypt(plain, nonce, associated, key),
  chaCha20Poly1305Decrypt: (sealed, nonce, associated, key, target) =>
    sealed.byteLength < SMALL_BYTES
      ? asCrypto.chaCha20Poly1305Decrypt(sealed, nonce, associated, key, target)
      : decrypt(sealed, nonce, associated, key),
};

interface RawSecured {
  readonly connection: {
    readonly decoder?: { lengthDecoder: (bytes: { readonly byteLength: number; get(at: number): number }) => number };
  };
}

/** More than any record holds, so that a decoder that has not even the two bytes of a length waits for more. */
const INCOMPLETE = 0xffff;

/** The connection encrypter of every node. */
export function hardNoise(): ReturnType<typeof noise> {
  const make = noise({ crypto });
  return (components) => {
    const encrypter = make(components);
    for (const side of ['secureInbound', 'secureOutbound'] as const) {
      const secure = encrypter[side].bind(encrypter);
      encrypter[side] = async (...args) => withCheapLengths(await secure(...args));
    }
    return encrypter;
  };
}

function withCheapLengths<T>(secured: T): T {
  const { decoder } = (secured as RawSecured).connection;
  if (decoder !== undefined) decoder.lengthDecoder = (bytes) => (bytes.byteLength < 2 ? INCOMPLETE : bytes.get(0) * 0x100 + bytes.get(1));
  return secured;
}
