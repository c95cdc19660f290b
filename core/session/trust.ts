// Safety numbers: what two people compare so that nobody can stand between them. Over the root keys, so a new device changes nothing.
import { hash } from 'node:crypto';
import { type Bytes, base64url, concat, equal, unbase64url } from '../base/bytes.ts';

/** Signal's numeric fingerprint, version 0: rounds of SHA-512 that make searching for a look-alike 5,200 times dearer. */
const ROUNDS = 5_200;
const FINGERPRINT_VERSION = Uint8Array.of(0, 0);
const DIGITS_PER_CHUNK = 5;
const CHUNKS = 6;
/** Bytes of each side in the scannable form. */
const SCANNABLE_BYTES = 32;
const SCANNABLE_PREFIX = 'sotto:safety/1/';

/** What both people see the same of, and what one screen shows the other's camera. */
export interface SafetyNumber {
  /** 60 digits, no spaces. */
  readonly number: string;
  /** One line of text for a QR code; each side's is the mirror of the other's. */
  readonly scannable: string;
}

/**
 * One side's digest: `h = SHA-512(version || key || id || key)`, then 5,199 times `h = SHA-512(h || key)`, as Signal's numeric
 * fingerprint has it; 64 bytes.
 */
export function fingerprint(key: Uint8Array, id: Uint8Array): Bytes {
  let digest: Uint8Array = hash('sha512', concat(FINGERPRINT_VERSION, key, id, key), 'buffer');
  for (let round = 1; round < ROUNDS; round += 1) digest = hash('sha512', concat(digest, key), 'buffer');
  return new Uint8Array(digest);
}

/** 30 digits: six times five bytes as a number modulo 100,000. */
export function fingerprintDigits(digest: Uint8Array): string {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const chunk = (index: number) => {
    const at = index * DIGITS_PER_CHUNK;
    return (view.getUint8(at) * 0x1_0000_0000 + view.getUint32(at + 1)) % 100_000;
  };
  return Array.from({ length: CHUNKS }, (_, index) => `${chunk(index)}`.padStart(DIGITS_PER_CHUNK, '0')).join('');
}

/** The safety number of two accounts; the key and the stable id are both the root key (32 bytes). Takes some ms of the thread. */
export function safetyNumber(mine: Uint8Array, theirs: Uint8Array): SafetyNumber {
  const [own, other] = [fingerprint(mine, mine), fingerprint(theirs, theirs)];
  const line = base64url(concat(own.subarray(0, SCANNABLE_BYTES), other.subarray(0, SCANNABLE_BYTES)));
  return {
    number: [fingerprintDigits(own), fingerprintDigits(other)].sort().join(''),
    scannable: SCANNABLE_PREFIX + line,
  };
}

/** True when the scanned line is the mirror of ours: both hold the same two root keys. False for anything else, never throws. */
export function matchesScan(own: SafetyNumber, scanned: string): boolean {
  const mine = readScan(own.scannable);
  const theirs = readScan(scanned.trim());
  if (mine === null || theirs === null) return false;
  const [near, far] = [mine.subarray(0, SCANNABLE_BYTES), mine.subarray(SCANNABLE_BYTES)];
  return equal(theirs, concat(far, near));
}

function readScan(line: string): Bytes | null {
  if (!line.startsWith(SCANNABLE_PREFIX)) return null;
  try {
    const bytes = unbase64url(line.slice(SCANNABLE_PREFIX.length));
    return bytes.length === 2 * SCANNABLE_BYTES ? bytes : null;
  } catch {
    return null;
  }
}

/** The digits in groups of five, four groups a line: how people read them to each other. */
export function displaySafetyNumber(number: string): string {
  const groups = number.match(/\d{5}/g) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < groups.length; at += 4) lines.push(groups.slice(at, at + 4).join(' '));
  return lines.join('\n');
}
