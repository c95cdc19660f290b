// What libsignal asks its stores for, answered out of a Change for one step with one peer device. Writes nothing but the Change.
import {
  type Direction,
  IdentityChange,
  type IdentityKeyPair,
  type IdentityKeyStore,
  type KyberPreKeyRecord,
  type KyberPreKeyStore,
  type PreKeyRecord,
  type PreKeyStore,
  type PrivateKey,
  type ProtocolAddress,
  PublicKey,
  type SessionRecord,
  type SessionStore,
  type SignedPreKeyRecord,
  type SignedPreKeyStore,
} from '@signalapp/libsignal-client';
import { type Bytes, equal } from '../base/bytes.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import type { PeerHandle } from './address.ts';
import type { DeviceKeys } from './device.ts';
import { sessionKey } from './keys.ts';
import { readEcPreKey, readKyberPreKey, readSignedPreKey, rememberLastResortUse } from './prekey-records.ts';
import { type StoredSession, saveSession } from './ratchet.ts';

/** Why a store refused libsignal, which itself would only say Generic. */
export type StoreRefusal = 'prekey-gone' | 'replayed' | 'identity';

/** libsignal's five stores in one, for one peer device whose trusted identity key is already known. */
export class PeerStores implements SessionStore, IdentityKeyStore, PreKeyStore, SignedPreKeyStore, KyberPreKeyStore {
  readonly #change: Change;
  readonly #me: DeviceKeys;
  readonly #peer: PeerHandle;
  readonly #identity: Bytes;
  #session: StoredSession | null;
  #fault: { readonly cause: unknown } | null = null;
  /** Set when a store said no; null when libsignal itself did. */
  refusal: StoreRefusal | null = null;

  /**
   * @param session what the change holds for this peer now: read once, by the caller
   * @param identity the key the newest manifest held lists at the peer's device id (C4), 33 bytes
   */
  constructor(change: Change, me: DeviceKeys, peer: PeerHandle, session: StoredSession | null, identity: Bytes) {
    this.#change = change;
    this.#me = me;
    this.#peer = peer;
    this.#session = session;
    this.#identity = identity;
  }

  /** A fault of the store must never pass for a message that cannot be opened (H9). @throws STORE_FAILED or the store's own error */
  rethrowFault(): void {
    if (this.#fault === null) return;
    const { cause } = this.#fault;
    throw isSottoError(cause) ? cause : new SottoError('STORE_FAILED', undefined, cause);
  }

  async #reading<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (cause) {
      this.#fault ??= { cause };
      throw cause;
    }
  }

  #refuse(why: StoreRefusal): Error {
    this.refusal = why;
    return new Error(why);
  }

  async getSession(): Promise<SessionRecord | null> {
    return this.#session?.record ?? null;
  }

  async getExistingSessions(): Promise<SessionRecord[]> {
    const record = await this.getSession();
    if (record === null) throw new Error('no session');
    return [record];
  }

  async saveSession(_name: ProtocolAddress, record: SessionRecord): Promise<void> {
    this.#session = { identity: this.#identity, record };
    saveSession(this.#change, this.#peer, this.#session);
  }

  async getIdentityKey(): Promise<PrivateKey> {
    return this.#me.identity.privateKey;
  }

  async getIdentityKeyPair(): Promise<IdentityKeyPair> {
    return this.#me.identity;
  }

  async getLocalRegistrationId(): Promise<number> {
    return this.#me.registrationId;
  }

  /** The pin is the manifest; there is nothing to save. */
  async saveIdentity(): Promise<IdentityChange> {
    return IdentityChange.NewOrUnchanged;
  }

  async isTrustedIdentity(_name: ProtocolAddress, key: PublicKey, _direction?: Direction): Promise<boolean> {
    if (equal(key.serialize(), this.#identity)) return true;
    this.refusal = 'identity';
    return false;
  }

  async getIdentity(): Promise<PublicKey | null> {
    return PublicKey.deserialize(this.#identity);
  }

  async savePreKey(): Promise<void> {
    throw new Error('prekeys are made elsewhere');
  }

  async getPreKey(id: number): Promise<PreKeyRecord> {
    const record = await this.#reading(readEcPreKey(this.#change, id));
    if (record === null) throw this.#refuse('prekey-gone');
    return record;
  }

  async removePreKey(id: number): Promise<void> {
    this.#change.delete(sessionKey('ec', id));
  }

  async saveSignedPreKey(): Promise<void> {
    throw new Error('prekeys are made elsewhere');
  }

  async getSignedPreKey(id: number): Promise<SignedPreKeyRecord> {
    const record = await this.#reading(readSignedPreKey(this.#change, id));
    if (record === null) throw this.#refuse('prekey-gone');
    return record;
  }

  async saveKyberPreKey(): Promise<void> {
    throw new Error('prekeys are made elsewhere');
  }

  async getKyberPreKey(id: number): Promise<KyberPreKeyRecord> {
    const stored = await this.#reading(readKyberPreKey(this.#change, id));
    if (stored === null) throw this.#refuse('prekey-gone');
    return stored.record;
  }

  /** One-time keys die here; of a last-resort key every use is remembered for as long as it lives, sessions or not. */
  async markKyberPreKeyUsed(id: number, signedId: number, baseKey: PublicKey): Promise<void> {
    const stored = await this.#reading(readKyberPreKey(this.#change, id));
    if (stored === null) throw this.#refuse('prekey-gone');
    if (!stored.lastResort) this.#change.delete(sessionKey('kyber', id));
    else if (!(await this.#reading(rememberLastResortUse(this.#change, id, signedId, baseKey.serialize())))) throw this.#refuse('replayed');
  }
}
