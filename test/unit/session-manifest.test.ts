// Manifests, and which of them are believed (C4, H4).

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { type SigningKey, sign, signingKey } from '../../core/base/ed25519.ts';
import { accountTag, accountUuid, protocolAddress } from '../../core/session/address.ts';
import { createDevice, type DeviceKeys, parseDevice, serializeDevice } from '../../core/session/device.ts';
import { checkDirectoryEntry, openSealedManifest, sealManifest, signDirectoryEntry } from '../../core/session/directory.ts';
import { heldDevice, heldManifest } from '../../core/session/held.ts';
import { type CheckedManifest, compareManifests, deviceBinding, openManifest, signManifest } from '../../core/session/manifest.ts';
import { directoryAddress } from '../../core/wire/capability.ts';
import { type Device, DeviceSchema, type Manifest, ManifestSchema, SignedManifestSchema } from '../../core/wire/gen/identity_pb.ts';
import { MAX_VERSION_STEP } from '../../core/wire/limits.ts';
import { aliceAndBob, manifestOf, person, said } from '../support/session.ts';

const RELAY = '/ip4/127.0.0.1/tcp/4001/ws/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA';

/** A manifest signed by its root, whatever it says: what a malicious account can make. */
function signAnything(root: SigningKey, manifest: Manifest): Bytes {
  const inner = toBinary(ManifestSchema, manifest);
  return toBinary(SignedManifestSchema, create(SignedManifestSchema, { manifest: inner, signature: sign(root, 'manifest', inner) }));
}

function plain(root: SigningKey, devices: Device[], part: { version?: bigint; relays?: string[]; directory?: Bytes } = {}): Manifest {
  return create(ManifestSchema, { root: root.publicKey, version: 1n, devices, relays: [RELAY], ...part });
}

function account(): { root: SigningKey; me: DeviceKeys } {
  const root = signingKey();
  return { root, me: createDevice(root.publicKey, 1) };
}

const codeOf = (open: () => unknown): string => {
  try {
    open();
    return 'opened';
  } catch (error) {
    return (error as { code?: string }).code ?? 'another error';
  }
};

test('Alice’s manifest says what she signed, to everybody', () => {
  const { root, me } = account();
  const made = signManifest(root, { version: 7, devices: [deviceBinding(me)], relays: [RELAY], directory: random(32) });
  const opened = openManifest(made.bytes, root.publicKey);
  expect(opened).toEqual(made);
  expect(opened).toMatchObject({ version: 7, relays: [RELAY] });
  expect(opened.devices).toEqual([
    { id: 1, identity: me.identity.publicKey.serialize(), registration: me.registrationId, peer: me.peer.publicKey },
  ]);
});

test('a manifest of another account, or signed by another root, is refused', () => {
  const { root, me } = account();
  const made = manifestOf(root, [me]);
  expect(codeOf(() => openManifest(made.bytes, random(32)))).toBe('BAD_MANIFEST');
  const forged = create(SignedManifestSchema, { manifest: fromBinary(SignedManifestSchema, made.bytes).manifest });
  forged.signature = sign(signingKey(), 'manifest', forged.manifest);
  expect(codeOf(() => openManifest(toBinary(SignedManifestSchema, forged)))).toBe('BAD_SIGNATURE');
});

test('nobody can list another person’s device as her own (H4)', () => {
  const { root, me } = account();
  const bob = account().me;
  const stolen = create(DeviceSchema, { ...deviceBinding(bob), id: 2 });
  const bobAsIs = deviceBinding(bob);
  expect(codeOf(() => openManifest(signAnything(root, plain(root, [deviceBinding(me), stolen]))))).toBe('BAD_SIGNATURE');
  expect(codeOf(() => openManifest(signAnything(root, plain(root, [bobAsIs]))))).toBe('BAD_SIGNATURE');
});

test('every bound of a manifest is held', () => {
  const { root, me } = account();
  const device = deviceBinding(me);
  const second = deviceBinding(createDevice(root.publicKey, 2));
  const many = Array.from({ length: 9 }, (_, index) => deviceBinding(createDevice(root.publicKey, index + 1)));
  const broken: Manifest[] = [
    plain(root, []),
    plain(root, many),
    plain(root, [second, device]),
    plain(root, [device, device]),
    plain(root, [device], { version: 0n }),
    plain(root, [device], { version: 2n ** 60n }),
    plain(root, [device], { directory: random(31) }),
    plain(root, [device], { relays: Array.from({ length: 9 }, (_, index) => `${RELAY}${index}`) }),
    plain(root, [device], { relays: [RELAY, RELAY] }),
    plain(root, [device], { relays: ['/ip4/127.0.0.1'] }),
    plain(root, [device], { relays: [`/p2p/${'a'.repeat(300)}`] }),
    plain(root, [create(DeviceSchema, { ...device, id: 0 })]),
    plain(root, [create(DeviceSchema, { ...device, id: 128 })]),
    plain(root, [create(DeviceSchema, { ...device, registration: 0 })]),
    plain(root, [create(DeviceSchema, { ...device, registration: 16_384 })]),
    plain(root, [create(DeviceSchema, { ...device, identity: random(33) })]),
    plain(root, [create(DeviceSchema, { ...device, identity: random(32) })]),
    plain(root, [create(DeviceSchema, { ...device, peer: random(31) })]),
    plain(root, [device, create(DeviceSchema, { ...second, identity: device.identity })]),
    plain(root, [device, create(DeviceSchema, { ...second, peer: device.peer })]),
  ];
  for (const [index, manifest] of broken.entries()) {
    expect([index, codeOf(() => openManifest(signAnything(root, manifest)))]).toEqual([index, 'BAD_MANIFEST']);
  }
  expect(codeOf(() => openManifest(signAnything(root, plain(root, [device, second]))))).toBe('opened');
});

test('a held manifest is replaced by a newer one only; two of one version, a reused id and a leap are alarms', () => {
  const { root, me } = account();
  const other = createDevice(root.publicKey, 1);
  const held = manifestOf(root, [me], 5);
  const order = (offered: CheckedManifest) => compareManifests(held, offered);
  expect(order(manifestOf(root, [me], 5))).toBe('same');
  expect(order(manifestOf(root, [me, createDevice(root.publicKey, 2)], 5))).toBe('conflict');
  expect(order(manifestOf(root, [me], 4))).toBe('older');
  expect(order(manifestOf(root, [me], 6))).toBe('newer');
  expect(order(manifestOf(root, [other], 6))).toBe('conflict');
  expect(order(manifestOf(root, [me], 5 + MAX_VERSION_STEP))).toBe('newer');
  expect(order(manifestOf(root, [me], 6 + MAX_VERSION_STEP))).toBe('too-far');
  const stranger = account();
  expect(codeOf(() => order(manifestOf(stranger.root, [stranger.me])))).toBe('BAD_INPUT');
});

test('a removed device is written to and believed no more, and its id never comes back with another key', async () => {
  const { alice, bob } = await aliceAndBob();
  const laptop = await person(undefined, 2, alice.rootKey);
  await bob.hold(manifestOf(alice.rootKey, [alice.me, laptop.me], 2));
  await laptop.meet(bob, 1);
  expect(said(await bob.open(await laptop.write('from the laptop', bob)))).toBe('from the laptop');
  const wrapped = await laptop.write('from the thief', bob);
  expect(await bob.hold(manifestOf(alice.rootKey, [alice.me], 3))).toBe('newer');
  expect(said(await bob.open(wrapped))).toBe('failed: unknown-device');
  await expect(bob.write('to the laptop', laptop)).rejects.toMatchObject({ code: 'SESSION_BROKEN' });
  const thief = createDevice(alice.me.root, 2);
  expect(await bob.hold(manifestOf(alice.rootKey, [alice.me, thief], 4))).toBe('conflict');
  expect(await bob.do((change) => heldDevice(change, { root: alice.me.root, device: 2 }))).toBeNull();
  expect((await bob.do((change) => heldManifest(change, alice.me.root)))?.version).toBe(3);
});

test('a manifest in the directory opens with the link’s profile key alone', () => {
  const { root, me } = account();
  const [manifest, key] = [manifestOf(root, [me]), random(32)];
  const sealed = sealManifest(key, manifest);
  expect(openSealedManifest(key, sealed, root.publicKey)).toEqual(manifest);
  expect(codeOf(() => openSealedManifest(random(32), sealed))).toBe('MALFORMED');
  expect(codeOf(() => openSealedManifest(key, sealed, random(32)))).toBe('BAD_MANIFEST');
  expect(Buffer.from(sealed).includes(Buffer.from(root.publicKey))).toBe(false);
  sealed[40] = (sealed[40] ?? 0) ^ 1;
  expect(codeOf(() => openSealedManifest(key, sealed))).toBe('MALFORMED');
});

test('a directory entry is its writer’s, at the writer’s address, or refused', () => {
  const writer = signingKey();
  const entry = signDirectoryEntry(writer, 3, random(100));
  expect(codeOf(() => checkDirectoryEntry(entry, directoryAddress(writer.publicKey)))).toBe('opened');
  expect(codeOf(() => checkDirectoryEntry(entry, random(32)))).toBe('BAD_SIGNATURE');
  expect(codeOf(() => checkDirectoryEntry({ ...entry, version: 4 }))).toBe('BAD_SIGNATURE');
  expect(codeOf(() => checkDirectoryEntry({ ...entry, sealed: random(100) }))).toBe('BAD_SIGNATURE');
});

test('libsignal knows an account by a lower-case UUID of its root key, so both addresses are bound', () => {
  const root = new Uint8Array(32).fill(7);
  expect(accountUuid(root)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(protocolAddress(root, 3).serviceId()?.getRawUuid()).toBe(accountUuid(root));
  expect(Buffer.from(accountTag(root)).toString('hex')).toBe(accountUuid(root).replaceAll('-', '').slice(0, 16));
});

test('a device comes back from its bytes as it was', () => {
  const { me } = account();
  const again = parseDevice(serializeDevice(me));
  expect(again.identity.serialize()).toEqual(me.identity.serialize());
  expect(again).toMatchObject({ root: me.root, device: 1, registrationId: me.registrationId, tag: me.tag, markKey: me.markKey });
  expect(again.peer.publicKey).toEqual(me.peer.publicKey);
  expect(codeOf(() => parseDevice(serializeDevice(me).slice(0, 50)))).toBe('STORE_DAMAGED');
  expect(codeOf(() => createDevice(random(32), 128))).toBe('BAD_INPUT');
});
