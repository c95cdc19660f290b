// The vault of a home: one random database key, wrapped in independent slots. Losing one slot never loses the data.
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { derive } from '../base/hash.ts';
import { makeFile, makeFolder, PRIVATE_FOLDER, replaceFile } from './files.ts';
import type { KeyringDoor } from './keyring.ts';
import type { StoreKeys } from './sealed.ts';
import {
  keyFileSlot,
  keyringSlot,
  openKeyFileSlot,
  openKeyringSlot,
  openPassphraseSlot,
  passphraseSlot,
  type ScryptCost,
  type Slot,
} from './slot.ts';
import { decodeVault, encodeVault } from './vault-file.ts';

const VAULT = 'vault.json';
/** 32 random bytes that open the vault without a passphrase: whoever can read the file can read the home. */
const KEY_FILE = 'home.key';
const KEY = 32;

const KEYRING_LOST = 'The keyring of this system does not open this home any more; the passphrase does.';

/** What the database key gives: one key per use, 32 bytes each. Never to be logged. */
export interface VaultKeys extends StoreKeys {
  readonly sealing: Bytes;
  readonly blinding: Bytes;
}

/** A way to open the vault. `cost` is for tests; everybody else takes SCRYPT_COST. */
export type Unlock =
  | { readonly passphrase: string; readonly cost?: ScryptCost }
  | { readonly keyFile: true }
  | { readonly keyring: KeyringDoor };

/** What somebody has to open the vault with; the key file is there by itself. */
export interface Keyholder {
  readonly passphrase?: string;
  readonly keyring?: KeyringDoor;
}

/** What opens a slot. */
export type SlotKind = Slot['kind'];

/**
 * Makes the home folder (0700) and its vault, with a slot for each way to open it; about half a second for a passphrase.
 * @throws ALREADY when there is a vault, BAD_INPUT for an empty passphrase or where there is no keyring or nothing beside it, STORE_FAILED
 */
export async function createVault(home: string, ...unlocks: readonly Unlock[]): Promise<VaultKeys> {
  const key = random(KEY);
  if (unlocks.every((unlock) => 'keyring' in unlock)) throw keyringAlone();
  await onDisk(() => makeHome(home));
  const slots: Slot[] = [];
  for (const unlock of unlocks) slots.push(await newSlot(home, key, unlock));
  const made = await onDisk(() => makeFile(join(home, VAULT), encodeVault(slots)));
  if (!made) throw new SottoError('ALREADY', 'There is an account in this home folder already.');
  return keysOf(key);
}

/**
 * Opens it by the passphrase if there is one and a slot for it, else by the keyring, else by the key file.
 * @throws NO_HOME, WRONG_PASSPHRASE (also when one is needed and none was given), STORE_DAMAGED, STORE_FAILED
 */
export async function openVault(home: string, holder: Keyholder = {}): Promise<VaultKeys> {
  return keysOf(await databaseKey(home, await readSlots(home), holder));
}

/** Which kinds of slots there are, to be said where a weaker one stands beside a passphrase. @throws NO_HOME, STORE_DAMAGED, STORE_FAILED */
export async function slotKinds(home: string): Promise<SlotKind[]> {
  return (await readSlots(home)).map((slot) => slot.kind);
}

/** Adds a way in, replacing one of the same kind. @throws as openVault, BAD_INPUT for an empty passphrase */
export async function addSlot(home: string, holder: Keyholder, added: Unlock): Promise<void> {
  const slots = await readSlots(home);
  const key = await databaseKey(home, slots, holder);
  const slot = await newSlot(home, key, added);
  await writeSlots(home, [...slots.filter(({ kind }) => kind !== slot.kind), slot]);
}

/** Removes a way in; the key file goes with its slot. @throws BAD_INPUT for the last one beside the keyring, NOT_FOUND, NO_HOME, STORE_DAMAGED, STORE_FAILED */
export async function removeSlot(home: string, kind: SlotKind): Promise<void> {
  const slots = await readSlots(home);
  const kept = slots.filter((slot) => slot.kind !== kind);
  if (kept.length === slots.length) throw new SottoError('NOT_FOUND', 'There is no such slot.');
  if (kept.length === 0) throw new SottoError('BAD_INPUT', 'The last way to open this home cannot be removed.');
  if (kept.every((slot) => slot.kind === 'keyring')) throw keyringAlone();
  await writeSlots(home, kept);
  if (kind === 'key-file') await onDisk(() => rm(join(home, KEY_FILE), { force: true }));
}

async function databaseKey(home: string, slots: readonly Slot[], { passphrase, keyring }: Keyholder): Promise<Bytes> {
  const byPassphrase = slots.filter((slot) => slot.kind === 'passphrase');
  const byKeyFile = slots.filter((slot) => slot.kind === 'key-file');
  const byKeyring = slots.filter((slot) => slot.kind === 'keyring');
  if (passphrase !== undefined && byPassphrase.length > 0) {
    for (const slot of byPassphrase) {
      const key = await openPassphraseSlot(slot, passphrase);
      if (key !== null) return key;
    }
    throw new SottoError('WRONG_PASSPHRASE');
  }
  for (const slot of byKeyring) {
    const key = keyring === undefined ? null : await openKeyringSlot(slot, keyring);
    if (key !== null) return key;
  }
  if (byKeyFile.length === 0) {
    const isLost = keyring !== undefined && byKeyring.length > 0;
    throw new SottoError('WRONG_PASSPHRASE', isLost ? KEYRING_LOST : 'This home needs its passphrase.');
  }
  return keyByFile(byKeyFile, await onDisk(() => readIfThere(join(home, KEY_FILE))));
}

function keyByFile(slots: readonly (Slot & { kind: 'key-file' })[], file: Uint8Array | null): Bytes {
  for (const slot of slots) {
    const key = file?.length === KEY ? openKeyFileSlot(slot, file) : null;
    if (key !== null) return key;
  }
  throw new SottoError('STORE_DAMAGED', 'The file home.key is missing or is not the one of this home; put it back.');
}

async function newSlot(home: string, key: Uint8Array, unlock: Unlock): Promise<Slot> {
  if ('passphrase' in unlock) return passphraseSlot(key, unlock.passphrase, unlock.cost);
  if ('keyring' in unlock) return keyringSlot(key, unlock.keyring);
  return keyFileSlot(key, await onDisk(() => ownKeyFile(join(home, KEY_FILE))));
}

/** The key file, made unless there is one: two that make a home at once then agree, and a half-made home is taken up. */
async function ownKeyFile(path: string): Promise<Uint8Array> {
  const fresh = random(KEY);
  if (await makeFile(path, fresh)) return fresh;
  const there = await readFile(path);
  if (there.length !== KEY) throw new SottoError('STORE_DAMAGED', 'The file home.key is damaged.');
  return there;
}

/** A keyring goes with a reinstalled system or a forgotten login: as the only way in it would take everything with it. */
function keyringAlone(): SottoError {
  return new SottoError('BAD_INPUT', 'The keyring alone is not enough: it can be lost with this system. Keep a passphrase as well.');
}

async function makeHome(home: string): Promise<void> {
  await makeFolder(home);
  // A folder that was there and holds other things is its owner's affair; ours are private by themselves.
  if ((await readdir(home)).length === 0) await chmod(home, PRIVATE_FOLDER);
}

async function readSlots(home: string): Promise<readonly Slot[]> {
  const file = await onDisk(() => readIfThere(join(home, VAULT)));
  if (file === null) throw new SottoError('NO_HOME');
  return decodeVault(file);
}

async function writeSlots(home: string, slots: readonly Slot[]): Promise<void> {
  await onDisk(() => replaceFile(join(home, VAULT), encodeVault(slots)));
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function onDisk<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    throw cause instanceof SottoError ? cause : new SottoError('STORE_FAILED', undefined, cause);
  }
}

function keysOf(key: Uint8Array): VaultKeys {
  const none = new Uint8Array(0);
  return { sealing: derive(key, none, 'store-sealing', KEY), blinding: derive(key, none, 'store-blinding', KEY) };
}
