// A home folder: made once with its account, opened with its passphrase, the system's keyring or its key file. Loads nothing of ratchets or network by itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isSottoError, SottoError } from '../base/errors.ts';
import { CachedStore } from '../store/cached.ts';
import { isUnused, openHomeStore } from '../store/home-store.ts';
import type { KeyringDoor } from '../store/keyring.ts';
import { LaterStore } from '../store/later.ts';
import type { ScryptCost } from '../store/slot.ts';
import type { Store } from '../store/store.ts';
import { addSlot, createVault, openVault, removeSlot, slotKinds, type Unlock, type VaultKeys } from '../store/vault.ts';
import { checkGivenName } from '../wire/names.ts';
import { keys } from './records.ts';

/** File whose presence says that a folder is a home. */
const VAULT_FILE = 'vault.json';

/** What somebody is told whose home was cut off in the making and who gives another passphrase now. */
const BEGUN_OTHERWISE = 'A home was begun here and not finished: give the passphrase it was begun with, or use another folder.';

/** True when this folder is a home. */
export function homeExists(home: string): boolean {
  return existsSync(join(home, VAULT_FILE));
}

/** True for a home that was cut off before it had an account; `makeHome` goes on with it. @throws STORE_DAMAGED, STORE_FAILED */
export async function isUnfinished(home: string): Promise<boolean> {
  return homeExists(home) && (await isUnused(home));
}

/** What a new home is made of. */
export interface NewHome {
  readonly name: string;
  /** Null: a key file beside the data opens it, and whoever can read the folder can read everything. */
  readonly passphrase: string | null;
  /** The system's keyring opens it too. Only beside a passphrase: a lost keyring must not lose the data. */
  readonly keyring?: KeyringDoor;
  /** For tests; everybody else takes SCRYPT_COST. */
  readonly cost?: ScryptCost;
}

/** Makes a home with an account and its first device, or goes on with an unfinished one. @throws as makeHome */
export async function createHome(home: string, made: NewHome): Promise<void> {
  await makeHome(home, made);
}

/**
 * The same, for whoever goes on with it: answers the keys of its vault.
 * @throws ALREADY, BAD_INPUT, WRONG_PASSPHRASE for an unfinished home that was begun with another one, STORE_LOCKED, STORE_FAILED
 */
export async function makeHome(home: string, made: NewHome): Promise<VaultKeys> {
  checkGivenName(made.name);
  const vault = await newVault(home, made);
  const store = await openHomeStore(home, vault);
  try {
    const { makeAccount } = await import('./self.ts');
    await makeAccount(store, made.name);
    return vault;
  } finally {
    await store.close();
  }
}

async function newVault(home: string, made: NewHome): Promise<VaultKeys> {
  try {
    return await createVault(home, ...unlocksOf(made.passphrase, made.keyring, made.cost));
  } catch (error) {
    if (isSottoError(error, 'ALREADY') && (await isUnused(home))) return takeUp(home, made);
    throw error;
  }
}

/** A vault whose account was never made: whoever can open it goes on with it, and what they chose now holds. It is never replaced. */
async function takeUp(home: string, { passphrase, keyring, cost }: NewHome): Promise<VaultKeys> {
  const holder = { ...(passphrase === null ? {} : { passphrase }), ...(keyring === undefined ? {} : { keyring }) };
  const vault = await openVault(home, holder).catch((error: unknown) => {
    throw isSottoError(error, 'WRONG_PASSPHRASE') ? new SottoError('WRONG_PASSPHRASE', BEGUN_OTHERWISE, error) : error;
  });
  const kinds = await slotKinds(home);
  if (passphrase !== null && !kinds.includes('passphrase')) {
    await addSlot(home, holder, { passphrase, ...(cost === undefined ? {} : { cost }) });
    await removeSlot(home, 'key-file');
  }
  if (keyring !== undefined && !kinds.includes('keyring')) await addSlot(home, holder, { keyring });
  return vault;
}

function unlocksOf(passphrase: string | null, keyring: KeyringDoor | undefined, cost: ScryptCost | undefined): Unlock[] {
  const byKeyring = keyring === undefined ? [] : [{ keyring }];
  if (passphrase === null) return byKeyring.length === 0 ? [{ keyFile: true }] : byKeyring;
  return [{ passphrase, ...(cost === undefined ? {} : { cost }) }, ...byKeyring];
}

/** How a home is protected at rest. */
export interface HomeSafety {
  readonly passphrase: boolean;
  readonly keyFile: boolean;
  /** One plain sentence. */
  readonly text: string;
}

/** What opens a home, and what that means. @throws NO_HOME, STORE_DAMAGED */
export async function homeSafety(home: string): Promise<HomeSafety> {
  const kinds = await slotKinds(home);
  const passphrase = kinds.includes('passphrase');
  const keyFile = kinds.includes('key-file');
  return { passphrase, keyFile, text: safetySentence(passphrase, keyFile, kinds.includes('keyring')) };
}

function safetySentence(passphrase: boolean, keyFile: boolean, keyring: boolean): string {
  if (passphrase && keyFile) return 'sealed; a passphrase opens it, and so does the key file beside it';
  if (keyFile) return 'sealed, but the key file lies beside it: whoever can read this folder can read everything';
  return keyring ? "sealed; the passphrase opens it, and so does this computer's keyring" : 'sealed; only the passphrase opens it';
}

/**
 * Opens a home's store. @param ask asked only when a passphrase is needed
 * @throws NO_HOME, WRONG_PASSPHRASE, HOME_BUSY, STORE_DAMAGED, STORE_FAILED
 */
export async function openHome(home: string, ask: (() => Promise<string>) | null): Promise<Store> {
  const kinds = await slotKinds(home);
  const needed = !kinds.includes('key-file');
  if (needed && ask === null) throw new SottoError('WRONG_PASSPHRASE', 'This home needs its passphrase.');
  return openHomeWith(home, await openVault(home, needed && ask !== null ? { passphrase: await ask() } : {}));
}

/** Opens a home's store with the keys of its vault. @throws NO_HOME where it has no account, HOME_BUSY, STORE_DAMAGED, STORE_FAILED */
export async function openHomeWith(home: string, vault: VaultKeys): Promise<Store> {
  const store = new LaterStore(new CachedStore(await openUnlessBusy(home, vault)));
  if ((await store.get(keys.account())) !== null) return store;
  await store.close();
  throw new SottoError('NO_HOME');
}

async function openUnlessBusy(home: string, vault: VaultKeys): Promise<Store> {
  try {
    return await openHomeStore(home, vault);
  } catch (cause) {
    throw isSottoError(cause, 'STORE_LOCKED') ? new SottoError('HOME_BUSY', undefined, cause) : cause;
  }
}
