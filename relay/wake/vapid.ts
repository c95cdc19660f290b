// How a relay signs for Web Push (RFC 8292): a P-256 key of its own, made at its first start, and a short-lived word for each push service.
// The private half is in the data folder, as the relay's own key is, and goes nowhere else.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign as signEcdsa } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, base64url, concat, unbase64url, utf8 } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { replaceFile } from '../../core/store/files.ts';

/** How long a word is good for, s; push services take at most a day. */
const GOOD_FOR_S = 12 * 3_600;

/** The relay's key for Web Push. */
export class Vapid {
  /** 65 bytes: the uncompressed point. */
  readonly publicKey: Bytes;
  readonly #key: KeyObject;

  constructor(key: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) {
    const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
    this.publicKey = concat(Uint8Array.of(4), unbase64url(x), unbase64url(y));
    this.#key = key;
  }

  /** The key in this folder; made if it is not there. @throws STORE_FAILED, STORE_DAMAGED */
  static async open(data: string): Promise<Vapid> {
    const path = join(data, 'wake-key');
    const known = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return null;
      throw new SottoError('STORE_FAILED', 'The key for Web Push cannot be read.', cause);
    });
    if (known !== null) return new Vapid(privateKey(known));
    const { privateKey: made } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await replaceFile(path, new Uint8Array(made.export({ format: 'der', type: 'pkcs8' }))).catch((cause) => {
      throw new SottoError('STORE_FAILED', 'The key for Web Push cannot be written.', cause);
    });
    return new Vapid(made);
  }

  /** The header `authorization` for a push service. @param origin its scheme and authority @param now ms since 1970 */
  authorization(origin: string, now: number): string {
    const claims = { aud: origin, exp: Math.floor(now / 1_000) + GOOD_FOR_S };
    const signed = `${json({ typ: 'JWT', alg: 'ES256' })}.${json(claims)}`;
    const signature = signEcdsa('sha256', utf8(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `vapid t=${signed}.${base64url(new Uint8Array(signature))}, k=${base64url(this.publicKey)}`;
  }
}

function json(value: object): string {
  return base64url(utf8(JSON.stringify(value)));
}

function privateKey(der: Buffer): KeyObject {
  try {
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Falls through: not what we wrote.
  }
  throw new SottoError('STORE_DAMAGED', 'The key for Web Push (wake-key) is damaged.');
}
