// The system's keyring for the engine: seals and opens one small secret. Says what the keyring is worth and never takes a weak one for a
// strong one; the secret itself is not kept here.
import { safeStorage } from 'electron';
import type { FromEngine, ToEngine } from '../engine-protocol.ts';

type Question = Extract<FromEngine, { readonly kind: `keyring-${string}` }>;
type Answer = Extract<ToEngine, { readonly kind: 'keyring' | 'secret' }>;
type State = Extract<ToEngine, { readonly kind: 'keyring' }>['keyring'];

/** Backends of Linux that keep the key where only this user's unlocked keyring gives it out. Everything else is weak until shown otherwise. */
const STRONG_ON_LINUX: readonly string[] = ['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'];

/** Answers a question of the engine. Never throws: a keyring that fails is one that is not there. */
export async function answerKeyring(question: Question, platform: NodeJS.Platform): Promise<Answer> {
  const { ask } = question;
  if (question.kind === 'keyring-state') return { kind: 'keyring', ask, keyring: await stateOf(platform) };
  try {
    return { kind: 'secret', ask, value: question.kind === 'keyring-seal' ? await seal(question.value) : await open(question.value) };
  } catch {
    return { kind: 'secret', ask, value: null };
  }
}

async function stateOf(platform: NodeJS.Platform): Promise<State> {
  const available = await safeStorage.isAsyncEncryptionAvailable().catch(() => false);
  if (!available) return { available, backend: null, strong: false };
  if (platform === 'darwin') return { available, backend: 'keychain', strong: true };
  if (platform === 'win32') return { available, backend: 'dpapi', strong: true };
  const backend = safeStorage.getSelectedStorageBackend();
  return { available, backend, strong: STRONG_ON_LINUX.includes(backend) };
}

/** @param value base64 */
async function seal(value: string): Promise<string> {
  return (await safeStorage.encryptStringAsync(value)).toString('base64');
}

/** What `seal` answered, opened. A key that is to be made anew is the engine's affair at the next change of its slots. */
async function open(value: string): Promise<string> {
  return (await safeStorage.decryptStringAsync(Buffer.from(value, 'base64'))).result;
}
