// Prekeys over time, and bundles that are not what they seem.

import { create } from '@bufbuild/protobuf';
import { KEMKeyPair, PrivateKey } from '@signalapp/libsignal-client';
import { expect, test } from 'vitest';
import { signingKey } from '../../core/base/ed25519.ts';
import { checkBundle } from '../../core/session/bundle.ts';
import { signPreKeys, verifyPreKeys } from '../../core/session/directory.ts';
import { sessionKey } from '../../core/session/keys.ts';
import { ownBundle, POOL_SIZE, refillPreKeys, replacePreKeys } from '../../core/session/prekeys.ts';
import { dropAllSessions, takeNewSession } from '../../core/session/reset.ts';
import { startSession } from '../../core/session/start.ts';
import { PreKeyBundleSchema, type SignedPreKey, SignedPreKeySchema } from '../../core/wire/gen/relay_pb.ts';
import { NEW_SESSION_MS, PREKEY_KEEP_MS, PREKEY_ROTATION_MS } from '../../core/wire/limits.ts';
import { aliceAndBob, EMPTY_POOL, NOW, type Person, person, said } from '../support/session.ts';

const full = (counter: number) => ({ oneTime: POOL_SIZE, oneTimeKyber: POOL_SIZE, counter });
const refill = (of: Person, pool: typeof EMPTY_POOL, now: number) => of.do((change) => refillPreKeys(change, of.me, pool, now));
const deviceOf = (of: Person) => {
  const [device] = of.manifest.devices;
  if (device === undefined) throw new Error('no device');
  return device;
};

/** The same id and signature over another key. */
function forge(key: SignedPreKey | undefined, publicKey: Uint8Array): SignedPreKey {
  if (key === undefined) throw new Error('no key');
  return create(SignedPreKeySchema, { id: key.id, signature: key.signature, publicKey });
}

test('a full pool that knows the newest keys needs nothing; a low one is filled up with ids never used before', async () => {
  const bob = await person();
  expect(await refill(bob, full(1), NOW)).toBeNull();
  const more = await refill(bob, { oneTime: 10, oneTimeKyber: 95, counter: 1 }, NOW);
  expect(more).toMatchObject({ counter: 2n, replace: false });
  expect(more?.oneTime).toHaveLength(POOL_SIZE - 10);
  expect(more?.oneTimeKyber).toHaveLength(POOL_SIZE - 95);
  const ids = [...(bob.pool.oneTime ?? []), ...(bob.pool.oneTimeKyber ?? []), ...(more?.oneTime ?? []), ...(more?.oneTimeKyber ?? [])];
  expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
});

test('signed and last-resort keys rotate after seven days, at every relay, and a lost upload is made again', async () => {
  const bob = await person();
  expect(await refill(bob, full(1), NOW + PREKEY_ROTATION_MS - 1)).toBeNull();
  const rotated = await refill(bob, full(1), NOW + PREKEY_ROTATION_MS);
  expect(rotated?.signed?.id).not.toBe(bob.pool.signed?.id);
  expect(rotated?.lastResortKyber?.id).not.toBe(bob.pool.lastResortKyber?.id);
  const again = await refill(bob, full(1), NOW + PREKEY_ROTATION_MS);
  expect(again?.signed).toEqual(rotated?.signed);
  expect(await refill(bob, full(Number(again?.counter)), NOW + PREKEY_ROTATION_MS)).toBeNull();
});

test('private halves outlive their rotation by a lifetime and a week, and then end', async () => {
  const { alice, bob } = await aliceAndBob();
  const waiting = await alice.write('a request that waits', bob);
  let now = NOW;
  for (let week = 0; week < 5; week += 1) {
    now += PREKEY_ROTATION_MS;
    await refill(bob, full(99), now);
  }
  expect(said(await bob.open(waiting))).toBe('a request that waits');
  const late = await person();
  await late.meet(bob, 1);
  const tooLate = await late.write('far too late', bob);
  await bob.hold(late.manifest);
  for (; now < NOW + PREKEY_KEEP_MS + 3 * PREKEY_ROTATION_MS; now += PREKEY_ROTATION_MS) await refill(bob, full(99), now);
  expect(said(await bob.open(tooLate))).toBe('failed: prekey-gone');
});

test('a clock that jumps ahead a year and comes back ends no prekey', async () => {
  const { alice, bob } = await aliceAndBob();
  const waiting = await alice.write('still here', bob);
  await refill(bob, full(1), NOW + 365 * 86_400_000);
  await refill(bob, full(2), NOW);
  expect(said(await bob.open(waiting))).toBe('still here');
});

test('after a rollback every prekey is another, far from the old ids, at all relays', async () => {
  const { alice, bob } = await aliceAndBob();
  const lost = await alice.write('to the old key', bob);
  const upload = await bob.do((change) => replacePreKeys(change, bob.me, { ...EMPTY_POOL, counter: 40 }, NOW));
  expect(upload.replace).toBe(true);
  expect(upload.oneTime).toHaveLength(POOL_SIZE);
  expect(Number(upload.counter)).toBeGreaterThan(40);
  expect(Math.min(...(upload.oneTime ?? []).map(({ id }) => id ?? 0))).toBeGreaterThan(1_000_000);
  expect(said(await bob.open(lost))).toBe('failed: prekey-gone');
  expect(await refill(bob, full(45), NOW)).toMatchObject({ replace: true });
});

test('an upload is signed by the directory writer over all of it', async () => {
  const bob = await person();
  const put = signPreKeys(signingKey(), new Uint8Array(32), bob.pool);
  expect(verifyPreKeys(put)).toBe(true);
  expect(verifyPreKeys({ ...put, replace: true })).toBe(false);
  expect(verifyPreKeys({ ...put, writer: signingKey().publicKey })).toBe(false);
});

test('a device asked directly hands out a bundle that works', async () => {
  const [alice, bob] = [await person(), await person()];
  await bob.hold(alice.manifest);
  const bundle = await bob.do((change) => ownBundle(change, bob.me, NOW));
  await alice.hold(bob.manifest);
  await alice.do((change) => startSession(change, alice.me, bob.address, bundle, NOW));
  expect(said(await bob.open(await alice.write('no relay needed', bob)))).toBe('no relay needed');
});

test('a forged prekey signature is refused, for the signed and for the Kyber key', async () => {
  const bob = await person();
  const bundle = bob.bundle();
  const [forgedEc, forgedKyber] = [PrivateKey.generate().getPublicKey(), KEMKeyPair.generate().getPublicKey()];
  const signed = forge(bundle.signed, forgedEc.serialize());
  const kyber = forge(bundle.kyber, forgedKyber.serialize());
  for (const forged of [
    { ...bundle, signed },
    { ...bundle, kyber },
  ]) {
    expect(() => checkBundle(create(PreKeyBundleSchema, forged), deviceOf(bob))).toThrow(
      expect.objectContaining({ code: 'BAD_SIGNATURE' }),
    );
  }
});

test('a bundle of another identity never becomes a session', async () => {
  const [alice, bob, mallory] = [await person(), await person(), await person()];
  await alice.hold(bob.manifest);
  const start = alice.do((change) => startSession(change, alice.me, bob.address, mallory.bundle(), NOW));
  await expect(start).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  await expect(alice.write('to Mallory?', bob)).rejects.toMatchObject({ code: 'SESSION_BROKEN' });
});

test('a bundle with missing, short or foreign parts is malformed', async () => {
  const bob = await person();
  const bundle = bob.bundle();
  const broken = [
    { ...bundle, device: 2 },
    { device: 1, kyber: bundle.kyber },
    { device: 1, signed: bundle.signed },
    { ...bundle, oneTime: { ...bundle.oneTime, publicKey: new Uint8Array(32) } },
    { ...bundle, signed: { ...bundle.signed, publicKey: new Uint8Array(33).subarray(1) } },
  ];
  for (const part of broken) {
    const wire = create(PreKeyBundleSchema, part as Parameters<typeof create<typeof PreKeyBundleSchema>>[1]);
    expect(() => checkBundle(wire, deviceOf(bob))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  }
});

test('one-time keys open one first message; the second that used them is told apart', async () => {
  const [alice, carol, bob] = [await person(), await person(), await person()];
  await alice.meet(bob, 0);
  await carol.meet(bob, 0);
  await bob.hold(alice.manifest);
  await bob.hold(carol.manifest);
  expect(said(await bob.open(await alice.write('I came first', bob)))).toBe('I came first');
  expect(said(await bob.open(await carol.write('the relay gave me the same key', bob)))).toBe('failed: prekey-gone');
});

test('a last-resort key serves many, yet a replayed first message is refused even after the sessions are lost', async () => {
  const [alice, carol, bob] = [await person(), await person(), await person()];
  await alice.meet(bob, null);
  await carol.meet(bob, null);
  await bob.hold(alice.manifest);
  await bob.hold(carol.manifest);
  const first = await alice.write('once', bob);
  expect(said(await bob.open(first))).toBe('once');
  expect(said(await bob.open(await carol.write('me too', bob)))).toBe('me too');
  await bob.do(dropAllSessions);
  expect(said(await bob.open(first))).toBe('failed: replayed');
  const known = await bob.store.get(sessionKey('used-list', bob.pool.lastResortKyber?.id ?? 0));
  expect(known).toEqual(Uint8Array.of(0, 0, 0, 2));
});

test('what was remembered of a last-resort key ends with the key', async () => {
  const [alice, bob] = [await person(), await person()];
  await alice.meet(bob, null);
  await bob.hold(alice.manifest);
  await bob.open(await alice.write('once', bob));
  const id = bob.pool.lastResortKyber?.id ?? 0;
  for (let at = NOW; at < NOW + PREKEY_KEEP_MS + 3 * PREKEY_ROTATION_MS; at += PREKEY_ROTATION_MS) await refill(bob, full(99), at);
  for (const key of [sessionKey('kyber', id), sessionKey('used-list', id), sessionKey('used-list', id, 0)])
    expect(await bob.store.get(key)).toBeNull();
});

test('a new session is asked for at most once an hour and device, whatever the clock does', async () => {
  const { alice, bob } = await aliceAndBob();
  const take = (now: number, device = 1) => alice.do((change) => takeNewSession(change, { root: bob.me.root, device }, now));
  expect(await take(NOW)).toBe(true);
  expect(await take(NOW + NEW_SESSION_MS - 1)).toBe(false);
  expect(await take(NOW, 2)).toBe(true);
  expect(await take(NOW + NEW_SESSION_MS)).toBe(true);
  expect(await take(NOW - 10 * NEW_SESSION_MS)).toBe(true);
});
