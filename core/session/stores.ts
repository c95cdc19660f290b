// What libsignal asks its stores for, answered out of a Change for one step with one peer device. What it writes waits here until
// keep(): a step that is not kept leaves the Change as it was.
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
import type { Bytes } from '../base/bytes.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import type { PeerHandle } from './address.ts';
import type { DeviceKeys } from './device.ts';
import { sessionKey } from './keys.ts';
import { lastResortUse, readEcPreKey, readKyberPreKey, readSignedPreKey, type StoredKyber } from './prekey-records.ts';
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
  readonly #later: (() => void)[] = [];
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

  /** Writes what libsignal asked for into the change; once, after all checks. */
  keep(): void {
    for (const write of this.#later) write();
  }

  /** Whatever goes wrong in here and is no refusal is a fault, whichever words libsignal then finds for it. */
  async #answer<T>(body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (cause) {
      if (this.refusal === null) this.#fault ??= { cause };
      throw cause;
    }
  }

  #refuse(why: StoreRefusal): never {
    this.refusal = why;
    throw new Error(why);
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
    const session = { identity: this.#identity, record };
    this.#session = session;
    this.#later.push(() => saveSession(this.#change, this.#peer, session));
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
    if (key.equals(publicKeyOf(this.#identity))) return true;
    this.refusal = 'identity';
    return false;
  }

  async getIdentity(): Promise<PublicKey | null> {
    return publicKeyOf(this.#identity);
  }

  async savePreKey(): Promise<void> {
    throw new Error('prekeys are made elsewhere');
  }

  getPreKey(id: number): Promise<PreKeyRecord> {
    return this.#answer(async () => (await readEcPreKey(this.#change, id)) ?? this.#refuse('prekey-gone'));
  }

  async removePreKey(id: number): Promise<void> {
    this.#later.push(() => this.#change.delete(sessionKey('ec', id)));
  }

  async saveSignedPreKey(): Promise<void> {
    throw new Error('prekeys are made elsewhere');
  }

  getSignedPreKey(id: number): Promise<SignedPreKeyRecord> {
    return this.#answer(async () => (await readSignedPreKey(this.#change, id)) ?? this.#refuse('prekey-gone'));
  }

  async saveKyberPreKey(): Promise<void> {
    throw new Error('prekeys are made elsewhere');
  }

  getKyberPreKey(id: number): Promise<KyberPreKeyRecord> {
    return this.#answer(async () => (await this.#kyber(id)).record);
  }

  async #kyber(id: number): Promise<StoredKyber> {
    return (await readKyberPreKey(this.#change, id)) ?? this.#refuse('prekey-gone');
  }

  /** One-time keys die here; of a last-resort key every use is remembered for as long as it lives, sessions or not. */
  markKyberPreKeyUsed(id: number, signedId: number, baseKey: PublicKey): Promise<void> {
    return this.#answer(async () => {
      const { lastResort } = await this.#kyber(id);
      const note = lastResort
        ? ((await lastResortUse(this.#change, id, signedId, baseKey.serialize())) ?? this.#refuse('replayed'))
        : () => this.#change.delete(sessionKey('kyber', id));
      this.#later.push(note);
    });
  }
}

/** The parsed form of identity keys, found by their very bytes: a session keeps the same ones from step to step. */
const publicKeys = new WeakMap<Uint8Array, PublicKey>();

function publicKeyOf(identity: Bytes): PublicKey {
  let key = publicKeys.get(identity);
  if (key === undefined) {
    key = PublicKey.deserialize(identity);
    publicKeys.set(identity, key);
  }
  return key;
}
