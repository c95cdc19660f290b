// One slot of the vault: the database key wrapped under a passphrase, a key file or the system's keyring. A slot opens by itself, whatever the others do.
import { scrypt } from 'node:crypto';
import { type Bytes, base64url, concat, unbase64url, utf8 } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { derive, label } from '../base/hash.ts';
import { type KeyringDoor, MAX_BACKEND_CHARS, MAX_WRAPPED_CHARS } from './keyring.ts';
import { Xaes } from './xaes.ts';

/** scrypt's parameters (RFC 7914); memory is 128 * n * r bytes. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** A wrapped database key as vault.json has it; bytes in base64url. */
export interface PassphraseSlot extends ScryptCost {
  readonly kind: 'passphrase';
  readonly salt: string;
  readonly sealed: string;
}

/** The same under the 32 bytes of the key file beside the vault. */
export interface KeyFileSlot {
  readonly kind: 'key-file';
  readonly salt: string;
  readonly sealed: string;
}

/** The same under 32 random bytes that the system's keyring keeps wrapped. */
export interface KeyringSlot {
  readonly kind: 'keyring';
  /** The keyring that wrapped them, as the system names it: when it is another one day, this slot is lost, and only this one. */
  readonly backend: string;
  /** The 32 bytes as the keyring wrapped them. */
  readonly wrapped: string;
  readonly salt: string;
  readonly sealed: string;
}

/** A slot of any kind. */
export type Slot = PassphraseSlot | KeyFileSlot | KeyringSlot;

/** 128 MiB and about half a second: OWASP's first choice for scrypt. */
export const SCRYPT_COST: ScryptCost = { n: 2 ** 17, r: 8, p: 1 };
/** Highest of each we follow in a file: 1 GiB at most, so that a forged file cannot take the machine down. */
const SCRYPT_LIMITS: ScryptCost = { n: 2 ** 20, r: 16, p: 4 };
const SCRYPT_MEMORY = 2 ** 30;
const SALT = 32;
const KEY = 32;

/** A slot that `passphrase` opens. @throws BAD_INPUT for an empty passphrase */
export async function passphraseSlot(key: Uint8Array, passphrase: string, cost: ScryptCost = SCRYPT_COST): Promise<PassphraseSlot> {
  if (passphrase === '') throw new SottoError('BAD_INPUT', 'The passphrase is empty.');
  const salt = random(SALT);
  const head = { kind: 'passphrase', n: cost.n, r: cost.r, p: cost.p, salt: base64url(salt) } as const;
  const wrapping = await stretch(passphrase, salt, cost);
  return { ...head, sealed: base64url(new Xaes(wrapping).seal(key, binding(head))) };
}

/** A slot that the bytes of a key file (32) open. */
export function keyFileSlot(key: Uint8Array, file: Uint8Array): KeyFileSlot {
  const salt = random(SALT);
  const head = { kind: 'key-file', salt: base64url(salt) } as const;
  return { ...head, sealed: base64url(new Xaes(fromFile(file, salt)).seal(key, binding(head))) };
}

/** A slot that the keyring opens. @throws BAD_INPUT where there is no keyring, or one that wraps nothing */
export async function keyringSlot(key: Uint8Array, door: KeyringDoor): Promise<KeyringSlot> {
  const { available, backend } = await door.state();
  if (!available || backend === null) throw new SottoError('BAD_INPUT', 'There is no keyring on this system.');
  // Checked when it is written: a vault file beyond its own bounds opens for nobody again.
  if (backend.length > MAX_BACKEND_CHARS) throw new SottoError('INTERNAL', 'The keyring has far too long a name.');
  const secret = random(KEY);
  const wrapped = await door.seal(secret).catch((cause: unknown) => {
    throw new SottoError('BAD_INPUT', 'The keyring of this system keeps nothing for us.', cause);
  });
  if (wrapped.length > MAX_WRAPPED_CHARS) throw new SottoError('INTERNAL', 'The keyring wraps 32 bytes in far too many.');
  const head = { kind: 'keyring', backend, wrapped, salt: base64url(random(SALT)) } as const;
  return { ...head, sealed: base64url(new Xaes(fromKeyring(secret, unbase64url(head.salt))).seal(key, binding(head))) };
}

/** The database key, or null when the keyring is lost or another. */
export async function openKeyringSlot(slot: KeyringSlot, door: KeyringDoor): Promise<Bytes | null> {
  const secret = await door.open(slot.wrapped).catch(() => null);
  return secret === null ? null : unwrap(slot, fromKeyring(secret, unbase64url(slot.salt)));
}

/** The database key, or null when the passphrase is another. @throws STORE_DAMAGED for parameters beyond the limits */
export async function openPassphraseSlot(slot: PassphraseSlot, passphrase: string): Promise<Bytes | null> {
  checkCost(slot);
  return unwrap(slot, await stretch(passphrase, unbase64url(slot.salt), slot));
}

/** The database key, or null when the file is another. */
export function openKeyFileSlot(slot: KeyFileSlot, file: Uint8Array): Bytes | null {
  return unwrap(slot, fromFile(file, unbase64url(slot.salt)));
}

function unwrap(slot: Slot, wrapping: Uint8Array): Bytes | null {
  return new Xaes(wrapping).open(unbase64url(slot.sealed), binding(slot));
}

/** What a slot says about itself is sealed with it. */
function binding(slot: Omit<PassphraseSlot, 'sealed'> | Omit<KeyFileSlot, 'sealed'> | Omit<KeyringSlot, 'sealed'>): Bytes {
  return concat(label('vault-slot'), utf8(facts(slot).join(' ')));
}

function facts(slot: Omit<PassphraseSlot, 'sealed'> | Omit<KeyFileSlot, 'sealed'> | Omit<KeyringSlot, 'sealed'>): (string | number)[] {
  if (slot.kind === 'passphrase') return [slot.kind, slot.n, slot.r, slot.p, slot.salt];
  // A keyring may wrap the same bytes anew one day: what it made of them is not bound, only what it is.
  return slot.kind === 'keyring' ? [slot.kind, slot.salt, slot.backend] : [slot.kind, slot.salt];
}

function checkCost({ n, r, p }: ScryptCost): void {
  const within = n <= SCRYPT_LIMITS.n && r <= SCRYPT_LIMITS.r && p <= SCRYPT_LIMITS.p && 128 * n * r <= SCRYPT_MEMORY;
  if (!within) throw new SottoError('STORE_DAMAGED', 'The vault asks for more memory or work than any vault of Sotto needs.');
}

function stretch(passphrase: string, salt: Uint8Array, { n, r, p }: ScryptCost): Promise<Bytes> {
  // The same passphrase typed on another keyboard may be composed of other characters that look alike: NFKC makes them one.
  const secret = passphrase.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY, { N: n, r, p, maxmem: 128 * r * (n + p + 2) }, (cause, key) => {
      if (cause === null) resolve(new Uint8Array(key));
      else reject(new SottoError('INTERNAL', 'scrypt failed.', cause));
    });
  });
}

function fromFile(file: Uint8Array, salt: Uint8Array): Bytes {
  return derive(file, salt, 'vault-key-file', KEY);
}

function fromKeyring(secret: Uint8Array, salt: Uint8Array): Bytes {
  return derive(secret, salt, 'vault-keyring', KEY);
}
