// A home folder: made once with its account, opened with its passphrase or key file. Loads nothing of ratchets or network by itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SottoError } from '../base/errors.ts';
import { CachedStore } from '../store/cached.ts';
import { openHomeStore } from '../store/home-store.ts';
import { LaterStore } from '../store/later.ts';
import type { Store } from '../store/store.ts';
import { createVault, openVault, slotKinds } from '../store/vault.ts';

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
}

/** Makes a home with an account and its first device. @throws ALREADY, BAD_INPUT, STORE_FAILED */
export async function createHome(home: string, { name, passphrase }: NewHome): Promise<void> {
  const { isName } = await import('../session/content.ts');
  if (!isName(name)) throw new SottoError('BAD_INPUT', 'A name has 1 to 64 characters and no control characters.');
  const vault = await createVault(home, passphrase === null ? { keyFile: true } : { passphrase });
  const store = await openHomeStore(home, vault);
  try {
    const { makeAccount } = await import('./self.ts');
    await makeAccount(store, name);
  } finally {
    await store.close();
  }
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
  return { passphrase, keyFile, text: safetySentence(passphrase, keyFile) };
}

function safetySentence(passphrase: boolean, keyFile: boolean): string {
  if (passphrase && keyFile) return 'sealed; a passphrase opens it, and so does the key file beside it';
  if (keyFile) return 'sealed, but the key file lies beside it: whoever can read this folder can read everything';
  return 'sealed; only the passphrase opens it';
}

/** Opens a home's store. @param ask asked only when a passphrase is needed. @throws NO_HOME, WRONG_PASSPHRASE, HOME_BUSY, STORE_DAMAGED */
export async function openHome(home: string, ask: (() => Promise<string>) | null): Promise<Store> {
  const kinds = await slotKinds(home);
  const needed = !kinds.includes('key-file');
  if (needed && ask === null) throw new SottoError('WRONG_PASSPHRASE', 'This home needs its passphrase.');
  const vault = await openVault(home, needed && ask !== null ? { passphrase: await ask() } : {});
  try {
    return new LaterStore(new CachedStore(await openHomeStore(home, vault)));
  } catch (cause) {
    throw cause instanceof SottoError && cause.code === 'STORE_LOCKED' ? new SottoError('HOME_BUSY', undefined, cause) : cause;
  }
}
