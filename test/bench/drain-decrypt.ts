// The reference of row 2: libsignal alone decrypts a run of messages one after the other, its stores in memory.
import {
  type Direction,
  IdentityChange,
  IdentityKeyPair,
  IdentityKeyStore,
  KEMKeyPair,
  KyberPreKeyRecord,
  KyberPreKeyStore,
  PreKeyBundle,
  PreKeyRecord,
  PreKeySignalMessage,
  PreKeyStore,
  PrivateKey,
  ProtocolAddress,
  type PublicKey,
  processPreKeyBundle,
  SessionRecord,
  SessionStore,
  SignalMessage,
  SignedPreKeyRecord,
  SignedPreKeyStore,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
} from '@signalapp/libsignal-client';
import { tell, workerInput } from './processes.ts';

/** What is measured. */
export interface DecryptInput {
  readonly messages: number;
  /** True: the session stays a native handle; false: it is serialised on each call, as libsignal's own test stores do. */
  readonly keepHandles: boolean;
}

/** What came of it. */
export interface DecryptOutput {
  readonly rate: number;
  /** CPU per message, us. */
  readonly cpu: number;
}

/** Bytes of what the product puts into a ratchet message: a key and a commitment. */
const SECRET_BYTES = 64;

const { messages, keepHandles } = workerInput<DecryptInput>();

class Sessions extends SessionStore {
  #record: SessionRecord | null = null;
  #bytes: Uint8Array<ArrayBuffer> | null = null;
  async saveSession(_name: ProtocolAddress, record: SessionRecord): Promise<void> {
    if (keepHandles) this.#record = record;
    else this.#bytes = record.serialize();
  }
  async getSession(): Promise<SessionRecord | null> {
    return keepHandles ? this.#record : this.#bytes === null ? null : SessionRecord.deserialize(this.#bytes);
  }
  async getExistingSessions(): Promise<SessionRecord[]> {
    const record = await this.getSession();
    return record === null ? [] : [record];
  }
}

class Identity extends IdentityKeyStore {
  readonly pair = IdentityKeyPair.generate();
  readonly #known = new Map<string, PublicKey>();
  async getIdentityKey(): Promise<PrivateKey> {
    return this.pair.privateKey;
  }
  override async getIdentityKeyPair(): Promise<IdentityKeyPair> {
    return this.pair;
  }
  async getLocalRegistrationId(): Promise<number> {
    return 7;
  }
  async saveIdentity(name: ProtocolAddress, key: PublicKey): Promise<IdentityChange> {
    this.#known.set(name.toString(), key);
    return IdentityChange.NewOrUnchanged;
  }
  async isTrustedIdentity(_name: ProtocolAddress, _key: PublicKey, _direction: Direction): Promise<boolean> {
    return true;
  }
  async getIdentity(name: ProtocolAddress): Promise<PublicKey | null> {
    return this.#known.get(name.toString()) ?? null;
  }
}

class PreKeys extends PreKeyStore {
  readonly record = PreKeyRecord.new(1, PrivateKey.generate().getPublicKey(), PrivateKey.generate());
  async savePreKey(): Promise<void> {}
  async getPreKey(): Promise<PreKeyRecord> {
    return this.record;
  }
  async removePreKey(): Promise<void> {}
}

class SignedPreKeys extends SignedPreKeyStore {
  readonly record: SignedPreKeyRecord;
  constructor(identity: IdentityKeyPair) {
    super();
    const key = PrivateKey.generate();
    const signature = identity.privateKey.sign(key.getPublicKey().serialize());
    this.record = SignedPreKeyRecord.new(1, Date.now(), key.getPublicKey(), key, signature);
  }
  async saveSignedPreKey(): Promise<void> {}
  async getSignedPreKey(): Promise<SignedPreKeyRecord> {
    return this.record;
  }
}

class KyberPreKeys extends KyberPreKeyStore {
  readonly record: KyberPreKeyRecord;
  constructor(identity: IdentityKeyPair) {
    super();
    const pair = KEMKeyPair.generate();
    this.record = KyberPreKeyRecord.new(1, Date.now(), pair, identity.privateKey.sign(pair.getPublicKey().serialize()));
  }
  async saveKyberPreKey(): Promise<void> {}
  async getKyberPreKey(): Promise<KyberPreKeyRecord> {
    return this.record;
  }
  async markKyberPreKeyUsed(): Promise<void> {}
}

class Person {
  readonly address: ProtocolAddress;
  readonly sessions = new Sessions();
  readonly identity = new Identity();
  readonly signed = new SignedPreKeys(this.identity.pair);
  readonly kyber = new KyberPreKeys(this.identity.pair);
  readonly preKeys = new PreKeys();
  constructor(name: string) {
    this.address = ProtocolAddress.new(name, 1);
  }
  bundle(): PreKeyBundle {
    const { signed, kyber } = this;
    return PreKeyBundle.new(
      7,
      1,
      null,
      null,
      1,
      signed.record.publicKey(),
      signed.record.signature(),
      this.identity.pair.publicKey,
      1,
      kyber.record.publicKey(),
      kyber.record.signature(),
    );
  }
  async write(to: Person, plain: Uint8Array<ArrayBuffer>): Promise<{ kind: number; bytes: Uint8Array<ArrayBuffer> }> {
    const message = await signalEncrypt(plain, to.address, this.address, this.sessions, this.identity);
    return { kind: message.type(), bytes: message.serialize() };
  }
  read(from: Person, { kind, bytes }: { kind: number; bytes: Uint8Array<ArrayBuffer> }): Promise<Uint8Array> {
    if (kind === 2) return signalDecrypt(SignalMessage.deserialize(bytes), from.address, this.address, this.sessions, this.identity);
    const first = PreKeySignalMessage.deserialize(bytes);
    return signalDecryptPreKey(first, from.address, this.address, this.sessions, this.identity, this.preKeys, this.signed, this.kyber);
  }
}

const [alice, bob] = [new Person('b7a4c3a2-0d3b-4a6e-8f0c-1d2e3f405162'), new Person('c8b5d4b3-1e4c-4b7f-901d-2e3f40516273')];
await processPreKeyBundle(bob.bundle(), bob.address, alice.address, alice.sessions, alice.identity);
const secret = new Uint8Array(SECRET_BYTES).fill(7);
await bob.read(alice, await alice.write(bob, secret));
await alice.read(bob, await bob.write(alice, secret));
await bob.read(alice, await alice.write(bob, secret));
const run: { kind: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
for (let n = 0; n < messages; n++) run.push(await alice.write(bob, secret));
const cpu = process.cpuUsage();
const start = performance.now();
for (const message of run) await bob.read(alice, message);
const took = performance.now() - start;
const used = process.cpuUsage(cpu);
tell({ rate: (messages * 1_000) / took, cpu: (used.user + used.system) / messages } satisfies DecryptOutput);
