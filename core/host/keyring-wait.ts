// A keyring that may not answer: some ask the person first, some hang. What they cannot say in time they do not know.
import { SottoError } from '../base/errors.ts';
import type { KeyringDoor, KeyringState } from '../store/keyring.ts';

/** How long a keyring may take, ms: a person types its password meanwhile. */
const KEYRING_MS = 60_000;

/** What there is where nobody can be asked. */
export const NO_KEYRING: KeyringState = { available: false, backend: null, strong: false };

/** The same keyring, whose every answer comes in time or fails. */
export function inTime(door: KeyringDoor): KeyringDoor {
  return {
    state: () => race(door.state()).catch(() => NO_KEYRING),
    seal: (secret) => race(door.seal(secret)),
    open: (sealed) => race(door.open(sealed)),
  };
}

async function race<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new SottoError('TIMEOUT', 'The keyring does not answer.')), KEYRING_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
