// The relay's directory: manifests and prekeys are written by their key only, and one-time keys are handed out once.
import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { capabilityHash, directoryAddress } from '../../core/wire/capability.ts';
import { FRAME } from '../../core/wire/frame.ts';
import {
  CountPreKeysSchema,
  EcPreKeySchema,
  GetManifestSchema,
  ManifestBlobSchema,
  PreKeyBundlesSchema,
  PreKeyCountSchema,
  PutLinkSchema,
  PutManifestSchema,
  PutPreKeysSchema,
  TakePreKeysSchema,
} from '../../core/wire/gen/relay_pb.ts';
import { CONTACT_RESERVE_PREKEYS, LINK_BUNDLES_PER_DAY } from '../../core/wire/limits.ts';
import { relayParts } from '../support/relay-parts.ts';
import { refusalIn, type TestPeer, testLog } from '../support/relay-peer.ts';
import { manifestOf, preKeysOf } from '../support/relay-prekeys.ts';

const writer = signingKey();
const address = directoryAddress(writer.publicKey);
const contact = random(32);

async function alice(): Promise<TestPeer> {
  return (await (await relayParts()).greeted('alice')).peer;
}

/** A link that also opens Alice's directory entry; its capability. */
async function linkTo(peer: TestPeer, directory: Uint8Array): Promise<Uint8Array> {
  const inbox = testLog();
  await peer.createLog(inbox);
  const capability = random(32);
  const terms = { linkHash: capabilityHash(capability), expires: BigInt(Date.now() + 60_000), entries: 1, entryBytes: 100, directory };
  await peer.say(FRAME.PUT_LINK, PutLinkSchema, { handle: await peer.open(inbox), ...terms });
  return capability;
}

test('a manifest is found at its address and through a link, exactly as it was put', async () => {
  const peer = await alice();
  const manifest = manifestOf(writer, 3, random(500));
  expect((await peer.say(FRAME.PUT_MANIFEST, PutManifestSchema, manifest)).type).toBe(FRAME.DONE);
  const { sealed, signature } = manifest;
  const link = await linkTo(peer, address);
  for (const asked of [{ address }, { link }]) {
    expect(await peer.get(FRAME.GET_MANIFEST, GetManifestSchema, asked, ManifestBlobSchema)).toMatchObject({
      version: 3n,
      sealed,
      signature,
    });
  }
});

test('a forged manifest is refused, and an older one is stale', async () => {
  const peer = await alice();
  await peer.say(FRAME.PUT_MANIFEST, PutManifestSchema, manifestOf(writer, 3, random(50)));
  const forged = { ...manifestOf(signingKey(), 4, random(50)), writer: writer.publicKey };
  expect(refusalIn(await peer.say(FRAME.PUT_MANIFEST, PutManifestSchema, forged))).toBe('CAPABILITY');
  expect(refusalIn(await peer.say(FRAME.PUT_MANIFEST, PutManifestSchema, manifestOf(writer, 2, random(50))))).toBe('STALE');
});

test('a link that opens no directory opens none, and an unknown address is not found', async () => {
  const peer = await alice();
  const link = await linkTo(peer, new Uint8Array(0));
  expect(refusalIn(await peer.say(FRAME.GET_MANIFEST, GetManifestSchema, { link }))).toBe('CAPABILITY');
  expect(refusalIn(await peer.say(FRAME.GET_MANIFEST, GetManifestSchema, { link: random(32) }))).toBe('NOT_FOUND');
  expect(refusalIn(await peer.say(FRAME.GET_MANIFEST, GetManifestSchema, { address: random(32) }))).toBe('NOT_FOUND');
});

test('only a registered device writes to the directory', async () => {
  const { peer } = (await relayParts()).join('mallory');
  await peer.hello();
  expect(refusalIn(await peer.say(FRAME.PUT_MANIFEST, PutManifestSchema, manifestOf(writer, 1, random(50))))).toBe('TOKEN');
  expect(refusalIn(await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, preKeysOf(writer, 1, 1, contact)))).toBe('TOKEN');
});

test('prekeys are counted, a repeat changes nothing, an older upload is stale', async () => {
  const peer = await alice();
  const keys = preKeysOf(writer, 2, 5, contact);
  for (let time = 0; time < 2; time += 1) expect((await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, keys)).type).toBe(FRAME.DONE);
  expect(refusalIn(await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, preKeysOf(writer, 1, 5, contact)))).toBe('STALE');
  const count = await peer.get(FRAME.COUNT_PREKEYS, CountPreKeysSchema, { address, device: 1 }, PreKeyCountSchema);
  expect(count).toMatchObject({ oneTime: 5, oneTimeKyber: 5, counter: 2n });
});

test('prekeys signed by another key, or changed after they were signed, are refused', async () => {
  const peer = await alice();
  const keys = preKeysOf(writer, 1, 2, contact);
  for (const forged of [
    { ...keys, writer: signingKey().publicKey },
    { ...keys, contactHash: random(32) },
    { ...keys, counter: 9n },
  ]) {
    expect(refusalIn(await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, forged))).toBe('CAPABILITY');
  }
});

test('prekeys of an impossible size are refused as malformed', async () => {
  const peer = await alice();
  const { signed: _, ...without } = preKeysOf(writer, 1, 1, contact);
  expect(refusalIn(await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, without))).toBe('MALFORMED');
  const short = { ...preKeysOf(writer, 1, 1, contact), oneTime: [create(EcPreKeySchema, { id: 1, publicKey: random(32) })] };
  expect(refusalIn(await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, short))).toBe('MALFORMED');
});

test('a contact takes each one-time key once, and the last-resort key when none is left', async () => {
  const peer = await alice();
  await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, preKeysOf(writer, 1, 2, contact));
  const take = async () => {
    const { bundles } = await peer.get(FRAME.TAKE_PREKEYS, TakePreKeysSchema, { address, contact }, PreKeyBundlesSchema);
    return bundles[0];
  };
  const [first, second, third] = [await take(), await take(), await take()];
  expect(new Set([first?.oneTime?.id, second?.oneTime?.id]).size).toBe(2);
  expect([first?.lastResort, second?.lastResort, third?.lastResort]).toEqual([false, false, true]);
  expect(third?.oneTime).toBeUndefined();
});

test('a stranger with a link takes a few bundles a day and never the reserve; a wrong contact capability takes none', async () => {
  const peer = await alice();
  await peer.say(FRAME.PUT_PREKEYS, PutPreKeysSchema, preKeysOf(writer, 1, CONTACT_RESERVE_PREKEYS + 1, contact));
  const link = await linkTo(peer, address);
  const lastResort: (boolean | undefined)[] = [];
  for (let time = 0; time < LINK_BUNDLES_PER_DAY; time += 1) {
    const { bundles } = await peer.get(FRAME.TAKE_PREKEYS, TakePreKeysSchema, { link }, PreKeyBundlesSchema);
    lastResort.push(bundles[0]?.lastResort);
  }
  expect(lastResort).toEqual([false, ...Array.from({ length: LINK_BUNDLES_PER_DAY - 1 }, () => true)]);
  expect(refusalIn(await peer.say(FRAME.TAKE_PREKEYS, TakePreKeysSchema, { link }))).toBe('RATE');
  expect(refusalIn(await peer.say(FRAME.TAKE_PREKEYS, TakePreKeysSchema, { address, contact: random(32) }))).toBe('CAPABILITY');
});
