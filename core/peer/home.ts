// A home folder: made once with its account, opened with its passphrase, the system's keyring or its key file. Loads nothing of ratchets or network by itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SottoError } from '../base/errors.ts';
import { CachedStore } from '../store/cached.ts';
import { openHomeStore } from '../store/home-store.ts';
import type { KeyringDoor } from '../store/keyring.ts';
import { LaterStore } from '../store/later.ts';
import type { ScryptCost } from '../store/slot.ts';
import type { Store } from '../store/store.ts';
import { createVault, openVault, slotKinds, type Unlock, type VaultKeys } from '../store/vault.ts';

/** File whose presence says that a folder is a home. */
const VAULT_FILE = 'vault.json';

/** True when there is an account in this folder. */
export function homeExists(home: string): boolean {
  return existsSync(join(home, VAULT_FILE));
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

/** Makes a home with an account and its first device. @throws ALREADY, BAD_INPUT, STORE_FAILED */
export async function createHome(home: string, made: NewHome): Promise<void> {
  await makeHome(home, made);
}

/** The same, for whoever goes on with it: answers the keys of its vault. @throws ALREADY, BAD_INPUT, STORE_FAILED */
export async function makeHome(home: string, { name, passphrase, keyring, cost }: NewHome): Promise<VaultKeys> {
  const { isName } = await import('../session/content.ts');
  if (!isName(name)) throw new SottoError('BAD_INPUT', 'A name has 1 to 64 characters and no control characters.');
  const vault = await createVault(home, ...unlocksOf(passphrase, keyring, cost));
  const store = await openHomeStore(home, vault);
  try {
    const { makeAccount } = await import('./self.ts');
    await makeAccount(store, name);
    return vault;
  } finally {
    await store.close();
  }
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

/** Opens a home's store with the keys of its vault. @throws HOME_BUSY, STORE_DAMAGED, STORE_FAILED */
export async function openHomeWith(home: string, keys: VaultKeys): Promise<Store> {
  try {
    return new LaterStore(new CachedStore(await openHomeStore(home, keys)));
  } catch (cause) {
    throw cause instanceof SottoError && cause.code === 'STORE_LOCKED' ? new SottoError('HOME_BUSY', undefined, cause) : cause;
  }
}
