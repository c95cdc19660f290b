// A keyring made for tests: wraps by a secret of its own, and can be lost, weak, missing or silent.
import { base64url, unbase64url } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import type { KeyringDoor, KeyringState } from '../../core/store/keyring.ts';
import { Xaes } from '../../core/store/xaes.ts';

const NOTHING = new Uint8Array(0);

/** A keyring in memory. */
export class MadeKeyring implements KeyringDoor {
  worth: KeyringState = { available: true, backend: 'gnome-libsecret', strong: true };
  #own = new Xaes(random(32));

  /** As after a reinstalled system: everything it wrapped is lost. */
  lose(): void {
    this.#own = new Xaes(random(32));
  }

  async state(): Promise<KeyringState> {
    return this.worth;
  }

  async seal(secret: Uint8Array): Promise<string> {
    return base64url(this.#own.seal(secret, NOTHING));
  }

  async open(sealed: string): Promise<Uint8Array> {
    const secret = this.#own.open(unbase64url(sealed), NOTHING);
    if (secret === null) throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.');
    return secret;
  }
}
