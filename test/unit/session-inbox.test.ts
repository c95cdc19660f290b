// First words between people who are not contacts yet (H5), and what a stranger can do to an inbox: nothing but be ignored.

import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { encodeContent } from '../../core/session/content.ts';
import { decryptDirect } from '../../core/session/decrypt.ts';
import { encryptDirect } from '../../core/session/encrypt.ts';
import { holdManifest } from '../../core/session/held.ts';
import { type InboxMessage, type OpenedRequest, openRequest, sealRequest } from '../../core/session/inbox.ts';
import { RequestSchema } from '../../core/wire/gen/content_pb.ts';
import type { ReturnInboxSchema } from '../../core/wire/gen/identity_pb.ts';
import { MAX_REQUEST_BYTES } from '../../core/wire/limits.ts';
import { aContent, NOW, type Person, person } from '../support/session.ts';

const back = () => ({ capability: random(32), profileKey: random(32), contact: random(32), relays: ['/ip4/127.0.0.1/p2p/x'], direct: [] });

const aRequest = (name: string) =>
  encodeContent(aContent({ what: { case: 'request', value: create(RequestSchema, { name, linkHash: random(32) }) } }));

async function request(from: Person, to: Person, text: string, returnInbox: MessageInitShape<typeof ReturnInboxSchema> | null = back()) {
  await from.meet(to);
  const part = await from.do((change) => encryptDirect(change, from.me, aRequest(text), to.address, NOW));
  const message: InboxMessage = { kind: part.kind === 2 ? 2 : 3, message: part.message };
  const [device] = to.manifest.devices;
  if (device === undefined) throw new Error('no device');
  return sealRequest(from.me, from.manifest, returnInbox, to.me.root, [{ device, message }]);
}

async function openAll(of: Person, opened: OpenedRequest | null) {
  if (opened === null || opened.message.kind === 0) throw new Error('nothing to open');
  const { kind, message } = opened.message;
  const from = { root: opened.manifest.root, device: opened.device.id };
  return of.do(async (change) => {
    await holdManifest(change, opened.manifest);
    return decryptDirect(change, of.me, from, kind, message);
  });
}

test('Bob’s request reaches Alice with his manifest, his return inbox and his words', async () => {
  const [alice, bob] = [await person(), await person()];
  const inbox = back();
  const opened = openRequest(alice.me, await request(bob, alice, 'Bob', inbox));
  expect(opened?.manifest).toEqual(bob.manifest);
  expect(opened?.returnInbox).toMatchObject(inbox);
  const outcome = await openAll(alice, opened);
  expect(outcome).toMatchObject({ kind: 'content', root: bob.me.root, content: { what: { case: 'request', value: { name: 'Bob' } } } });
});

test('requests of all usual lengths look alike on the relay', async () => {
  const [alice, bob, carol] = [await person(), await person(), await person()];
  const [short, long] = [await request(bob, alice, 'B'), await request(carol, alice, 'C'.repeat(64))];
  expect(short.length).toBe(long.length);
  expect(short.length).toBeLessThan(MAX_REQUEST_BYTES);
});

test('nobody else opens it, and not when any bit of it changed', async () => {
  const [alice, bob, eve] = [await person(), await person(), await person()];
  const envelope = await request(bob, alice, 'Bob');
  expect(openRequest(eve.me, envelope)).toBeNull();
  for (let at = 0; at < envelope.length; at += 97) {
    const changed = envelope.slice();
    changed[at] = (changed[at] ?? 0) ^ 4;
    expect(openRequest(alice.me, changed)).toBeNull();
  }
  expect(openRequest(alice.me, random(MAX_REQUEST_BYTES + 1))).toBeNull();
});

test('a stranger that puts another’s manifest around her own words is found out before the ratchet is asked', async () => {
  const [alice, bob, mallory] = [await person(), await person(), await person()];
  mallory.manifest = bob.manifest;
  expect(openRequest(alice.me, await request(mallory, alice, 'I am Bob'))).toBeNull();
});

test('a return inbox or a part that breaks a bound is nothing', async () => {
  const [alice, bob] = [await person(), await person()];
  for (const part of [
    { ...back(), capability: random(31) },
    { ...back(), relays: ['not an address'] },
    { ...back(), relays: Array(9).fill('/x') },
  ])
    expect(openRequest(alice.me, await request(bob, alice, 'Bob', part))).toBeNull();
  const [device] = alice.manifest.devices;
  const empty: InboxMessage = { kind: 3, message: new Uint8Array() };
  if (device !== undefined)
    expect(openRequest(alice.me, sealRequest(bob.me, bob.manifest, null, alice.me.root, [{ device, message: empty }]))).toBeNull();
});

test('“take a fresh bundle” is answered outside the ratchet', async () => {
  const [alice, bob] = [await person(), await person()];
  const [device] = bob.manifest.devices;
  if (device === undefined) throw new Error('no device');
  const inAnswerTo = random(32);
  const envelope = sealRequest(alice.me, alice.manifest, null, bob.me.root, [{ device, message: { kind: 0, notice: 1, inAnswerTo } }]);
  expect(openRequest(bob.me, envelope)?.message).toEqual({ kind: 0, notice: 1, inAnswerTo });
});

test('a request that is too large is refused before it leaves', async () => {
  const [alice, bob] = [await person(), await person()];
  const [device] = bob.manifest.devices;
  if (device === undefined) throw new Error('no device');
  const message: InboxMessage = { kind: 3, message: random(MAX_REQUEST_BYTES) };
  const seal = () => sealRequest(alice.me, alice.manifest, null, bob.me.root, [{ device, message }]);
  expect(seal).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});

test('Eve cannot put Bob’s manifest around a return inbox of her own, nor carry his letter to somebody else', async () => {
  const [alice, bob, eve] = [await person(), await person(), await person()];
  await bob.meet(alice);
  await bob.meet(eve);
  const message: InboxMessage = { kind: 3, message: random(200) };
  const devices = (to: Person) => to.manifest.devices.map((device) => ({ device, message }));
  expect(openRequest(alice.me, sealRequest(bob.me, bob.manifest, back(), alice.me.root, devices(alice)))).not.toBeNull();
  expect(openRequest(alice.me, sealRequest(eve.me, bob.manifest, back(), alice.me.root, devices(alice)))).toBeNull();
});
