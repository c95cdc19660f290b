// Self-signed certificates for tests of TLS, made here: nothing is needed on the machine, and none lies in the repo to expire.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

const ECDSA_SHA256 = tlv(0x30, [Buffer.from('06082a8648ce3d040302', 'hex')]);
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');
const DAY_MS = 86_400_000;

/** For localhost and 127.0.0.1. @param days it is valid from now on; negative: it has expired @param name tells one from another */
export function testCertificate(name: string, days = 90): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = signedPart(name, days, publicKey);
  const signature = tlv(0x03, [Buffer.of(0), sign('sha256', body, privateKey)]);
  const der = tlv(0x30, [body, ECDSA_SHA256, signature]);
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function signedPart(name: string, days: number, key: KeyObject): Buffer {
  const now = Date.now();
  const person = tlv(0x30, [tlv(0x31, [tlv(0x30, [COMMON_NAME, tlv(0x0c, [Buffer.from(name)])])])]);
  const validity = tlv(0x30, [utc(now - 200 * DAY_MS), utc(now + days * DAY_MS)]);
  const names = tlv(0x30, [tlv(0x82, [Buffer.from('localhost')]), tlv(0x87, [Buffer.of(127, 0, 0, 1)])]);
  const extensions = tlv(0xa3, [tlv(0x30, [tlv(0x30, [ALTERNATIVE_NAME, tlv(0x04, [names])])])]);
  const version = tlv(0xa0, [tlv(0x02, [Buffer.of(2)])]);
  const serial = tlv(0x02, [Buffer.of(1, ...Buffer.from(name).subarray(0, 15))]);
  return tlv(0x30, [version, serial, ECDSA_SHA256, person, validity, person, key.export({ type: 'spki', format: 'der' }), extensions]);
}

function utc(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tlv(0x17, [Buffer.from(digits.slice(2))]);
}

function tlv(tag: number, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}
