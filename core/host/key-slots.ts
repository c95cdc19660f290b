// What opens a home, and changing it: the passphrase, the system's keyring, the key file. Each opens by itself; see core/store/vault.ts.
import { SottoError } from '../base/errors.ts';
import type { KeyringDoor } from '../store/keyring.ts';
import type { ScryptCost } from '../store/slot.ts';
import { addSlot, openVault, removeSlot, slotKinds, type VaultKeys } from '../store/vault.ts';
import type { Home } from '../window-api.ts';

/** Which slots there are. */
export type Slots = Home['slots'];

/** A home without any: there is none. */
export const NO_SLOTS: Slots = { passphrase: false, keyring: false, keyFile: false };

/** The slots of a home. */
export class KeySlots {
  readonly #home: string;
  readonly #keyring: KeyringDoor | null;
  readonly #cost: ScryptCost | undefined;

  constructor(home: string, keyring: KeyringDoor | null, cost: ScryptCost | undefined) {
    this.#home = home;
    this.#keyring = keyring;
    this.#cost = cost;
  }

  /** Which there are. @throws NO_HOME, STORE_DAMAGED, STORE_FAILED */
  async kinds(): Promise<Slots> {
    const kinds = await slotKinds(this.#home);
    return { passphrase: kinds.includes('passphrase'), keyring: kinds.includes('keyring'), keyFile: kinds.includes('key-file') };
  }

  /** The keys, by the passphrase, or where it is null by the keyring, else the key file. @throws as openVault */
  open(passphrase: string | null): Promise<VaultKeys> {
    if (passphrase !== null) return openVault(this.#home, { passphrase });
    return openVault(this.#home, this.#keyring === null ? {} : { keyring: this.#keyring });
  }

  /** Looks whether this is the passphrase. @throws WRONG_PASSPHRASE, also for none and where there is none to compare with */
  async verify(passphrase: string | null): Promise<void> {
    const kinds = await slotKinds(this.#home);
    if (passphrase === null || !kinds.includes('passphrase')) throw new SottoError('WRONG_PASSPHRASE', 'This home needs its passphrase.');
    await openVault(this.#home, { passphrase });
  }

  /** Sets or changes the passphrase; what opened the home without one goes, or it would protect nothing. @throws WRONG_PASSPHRASE */
  async setPassphrase(from: string | null, to: string): Promise<void> {
    const { passphrase, keyFile } = await this.kinds();
    if (passphrase && from === null) throw new SottoError('WRONG_PASSPHRASE', 'The passphrase of now is needed.');
    const cost = this.#cost === undefined ? {} : { cost: this.#cost };
    await addSlot(this.#home, from === null ? {} : { passphrase: from }, { passphrase: to, ...cost });
    if (keyFile) await removeSlot(this.#home, 'key-file');
  }

  /** Takes the passphrase away. @throws WRONG_PASSPHRASE, BAD_INPUT where nothing is left but the keyring */
  async removePassphrase(from: string | null): Promise<void> {
    if (!(await this.kinds()).passphrase) throw new SottoError('BAD_INPUT', 'There is no passphrase.');
    await this.verify(from);
    await removeSlot(this.#home, 'passphrase');
  }

  /** Lets the keyring open it too, this keyring in place of one before. @throws BAD_INPUT where there is none, WRONG_PASSPHRASE */
  async addKeyring(passphrase: string | null): Promise<void> {
    if (this.#keyring === null) throw new SottoError('BAD_INPUT', 'There is no keyring here.');
    await addSlot(this.#home, passphrase === null ? {} : { passphrase }, { keyring: this.#keyring });
  }

  /** Takes the keyring's slot away; harmless where there is none. */
  async removeKeyring(): Promise<void> {
    if ((await this.kinds()).keyring) await removeSlot(this.#home, 'keyring');
  }
}
