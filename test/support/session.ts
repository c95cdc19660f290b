// People with devices for the session tests: each with a store in memory, keys, manifest and prekeys; nobody else in between.
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { type SigningKey, signingKey } from '../../core/base/ed25519.ts';
import type { DeviceAddress } from '../../core/session/address.ts';
import { encodeContent } from '../../core/session/content.ts';
import { decryptWrapped } from '../../core/session/decrypt.ts';
import { createDevice, type DeviceKeys } from '../../core/session/device.ts';
import type { PreKeyUpload } from '../../core/session/directory.ts';
import { encryptContent } from '../../core/session/encrypt.ts';
import { holdManifest } from '../../core/session/held.ts';
import { createSerial, type Serial } from '../../core/session/lock.ts';
import { type CheckedManifest, deviceBinding, signManifest } from '../../core/session/manifest.ts';
import type { Outcome } from '../../core/session/outcome.ts';
import { refillPreKeys } from '../../core/session/prekeys.ts';
import { startSession } from '../../core/session/start.ts';
import { Change } from '../../core/store/change.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import type { Store } from '../../core/store/store.ts';
import { type Content, ContentSchema } from '../../core/wire/gen/content_pb.ts';
import { type PreKeyBundle, PreKeyBundleSchema } from '../../core/wire/gen/relay_pb.ts';

/** A fixed day, ms. */
export const NOW = Date.UTC(2026, 10, 21);
export const EMPTY_POOL = { oneTime: 0, oneTimeKyber: 0, counter: 0 };

/** One device of a person, with its own store. */
export class Person {
  readonly me: DeviceKeys;
  readonly rootKey: SigningKey;
  readonly store: Store;
  readonly serial: Serial = createSerial();
  manifest: CheckedManifest;
  /** What a relay would have of its prekeys. */
  readonly pool: PreKeyUpload;

  constructor(me: DeviceKeys, rootKey: SigningKey, store: Store, manifest: CheckedManifest, pool: PreKeyUpload) {
    this.me = me;
    this.rootKey = rootKey;
    this.store = store;
    this.manifest = manifest;
    this.pool = pool;
  }

  get address(): DeviceAddress {
    return { root: this.me.root, device: this.me.device };
  }

  /** One turn of the account's queue, committed at its end. */
  do<T>(step: (change: Change) => Promise<T>): Promise<T> {
    return this.serial(async () => {
      const change = new Change(this.store);
      const result = await step(change);
      await change.commit();
      return result;
    });
  }

  /** A bundle as a relay hands it out; without one-time keys it falls back to the last-resort key. */
  bundle(oneTime: number | null = 0): PreKeyBundle {
    const last = oneTime === null;
    const kyber = last ? this.pool.lastResortKyber : this.pool.oneTimeKyber?.[oneTime];
    const ec = last ? undefined : this.pool.oneTime?.[oneTime];
    if (kyber === undefined || this.pool.signed === undefined) throw new Error('no prekeys');
    return create(PreKeyBundleSchema, {
      device: this.me.device,
      signed: this.pool.signed,
      kyber,
      lastResort: last,
      ...(ec === undefined ? {} : { oneTime: ec }),
    });
  }

  hold(manifest: CheckedManifest) {
    return this.do((change) => holdManifest(change, manifest));
  }

  /** Learns who the other is and starts a session from one of its bundles. */
  async meet(other: Person, oneTime: number | null = 0): Promise<void> {
    await this.hold(other.manifest);
    await this.do((change) => startSession(change, this.me, other.address, other.bundle(oneTime), NOW));
  }

  /** Encrypts text to these people's devices and commits. */
  write(text: string, ...to: readonly Person[]): Promise<Bytes> {
    return this.writeContent(encodeContent(aText(text)), ...to);
  }

  writeContent(content: Bytes, ...to: readonly Person[]): Promise<Bytes> {
    return this.do((change) =>
      encryptContent(
        change,
        this.me,
        content,
        to.map((person) => person.address),
        NOW,
      ),
    );
  }

  /** Opens and commits. */
  open(wrapped: Bytes): Promise<Outcome> {
    return this.do((change) => decryptWrapped(change, this.me, wrapped));
  }
}

/** Somebody with one device (or, with `of`, another device of the same account). */
export async function person(store: Store = new MemoryStore(), device = 1, rootKey: SigningKey = signingKey()): Promise<Person> {
  await store.open();
  const me = createDevice(rootKey.publicKey, device);
  const manifest = manifestOf(rootKey, [me]);
  const change = new Change(store);
  await holdManifest(change, manifest);
  const pool = await refillPreKeys(change, me, { ...EMPTY_POOL, oneTime: 90, oneTimeKyber: 90 }, NOW);
  await change.commit();
  if (pool === null) throw new Error('a new device has prekeys to publish');
  return new Person(me, rootKey, store, manifest, pool);
}

/** Alice and Bob, who know each other; Alice has a fresh session with Bob. */
export async function aliceAndBob(): Promise<{ alice: Person; bob: Person }> {
  const [alice, bob] = [await person(), await person()];
  await alice.meet(bob);
  await bob.hold(alice.manifest);
  return { alice, bob };
}

export function manifestOf(rootKey: SigningKey, devices: readonly DeviceKeys[], version = 1): CheckedManifest {
  return signManifest(rootKey, { version, devices: devices.map(deviceBinding), relays: [], directory: new Uint8Array() });
}

/** A content; a text unless said otherwise. */
export function aContent(part: MessageInitShape<typeof ContentSchema> = {}): Content {
  return create(ContentSchema, {
    id: random(16),
    sentAt: BigInt(NOW),
    lamport: 1n,
    manifestVersion: 1n,
    manifestHash: new Uint8Array(32),
    what: { case: 'text', value: { text: 'Hello' } },
    ...part,
  });
}

export function aText(text: string): Content {
  return aContent({ what: { case: 'text', value: { text } } });
}

/** The text of an opened content, or what happened instead. */
export function said(outcome: Outcome): string {
  if (outcome.kind === 'content' && outcome.content.what.case === 'text') return outcome.content.what.value.text;
  return outcome.kind === 'failed' ? `failed: ${outcome.reason}` : outcome.kind;
}
