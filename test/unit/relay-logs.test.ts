// Registration, logs and links at the relay: every right must be proved by its own capability.
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { capabilityHash } from '../../core/wire/capability.ts';
import { refusalName } from '../../core/wire/codes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import {
  CloseLogSchema,
  GetHeadSchema,
  OpenedSchema,
  OpenLogSchema,
  PutLinkSchema,
  PutSlotSchema,
  RegisterSchema,
  RevokeLinkSchema,
  SetReadersSchema,
} from '../../core/wire/gen/relay_pb.ts';
import { decode } from '../../core/wire/proto.ts';
import { REGISTRATIONS_PER_CONNECTION } from '../../relay/admission/admission.ts';
import { mintToken } from '../../relay/admission/tokens.ts';
import { relayParts } from '../support/relay-parts.ts';
import { refusalIn, type TestPeer, testLog } from '../support/relay-peer.ts';

const empty = new Uint8Array(0);

function register(peer: TestPeer, registration: Uint8Array, token: Uint8Array = empty) {
  return peer.say(FRAME.REGISTER, RegisterSchema, { registration, token });
}

test('a closed relay takes registrations by token only, and a token made while it runs counts at once', async () => {
  const parts = await relayParts({ open: false });
  const { peer } = parts.join('alice');
  await peer.hello();
  expect(refusalIn(await register(peer, random(32)))).toBe('TOKEN');
  expect(refusalIn(await register(peer, random(32), random(20)))).toBe('TOKEN');
  const token = await mintToken(parts.data);
  expect((await register(peer, random(32), token)).type).toBe(FRAME.DONE);
  expect((await peer.createLog(testLog())).type).toBe(FRAME.DONE);
});

test('a registration that is known needs no token any more', async () => {
  const parts = await relayParts({ open: false });
  const { peer } = parts.join('alice');
  await peer.hello();
  const registration = random(32);
  await register(peer, registration, await mintToken(parts.data));
  const again = parts.join('alice');
  await again.peer.hello();
  expect((await register(again.peer, registration)).type).toBe(FRAME.DONE);
});

test('one connection cannot register without end at an open relay', async () => {
  const { peer } = (await relayParts()).join('mallory');
  await peer.hello();
  for (let count = 0; count < REGISTRATIONS_PER_CONNECTION; count += 1) {
    expect((await register(peer, random(32))).type).toBe(FRAME.DONE);
  }
  expect(refusalIn(await register(peer, random(32)))).toBe('QUOTA');
});

test('who has not registered creates no log', async () => {
  const { peer } = (await relayParts()).join('mallory');
  await peer.hello();
  expect(refusalIn(await peer.createLog(testLog()))).toBe('TOKEN');
});

test('creating the same log again is done as well', async () => {
  const { peer } = await (await relayParts()).greeted('alice');
  const log = testLog();
  expect((await peer.createLog(log)).type).toBe(FRAME.DONE);
  expect((await peer.createLog(log)).type).toBe(FRAME.DONE);
});

test('a log opens with the capabilities that are right, and with none that is wrong among them', async () => {
  const { peer } = await (await relayParts()).greeted('alice');
  const log = testLog();
  await peer.createLog(log);
  expect(await peer.open(log, { read: log.capabilities.read })).toBe(1);
  await expect(peer.open(log, { read: log.capabilities.read, append: random(32) })).rejects.toThrow('CAPABILITY');
  await expect(peer.open(log, {})).rejects.toThrow('CAPABILITY');
  await expect(peer.open(testLog())).rejects.toThrow('NOT_FOUND');
});

test('each command on a log needs its own right', async () => {
  const { peer } = await (await relayParts()).greeted('mallory');
  const log = testLog();
  await peer.createLog(log);
  const [reader, writer] = [
    await peer.open(log, { read: log.capabilities.read }),
    await peer.open(log, { append: log.capabilities.append }),
  ];
  const link = { linkHash: random(32), expires: BigInt(Date.now() + 60_000), entries: 1, entryBytes: 100 };
  const answers = [
    await peer.say(FRAME.SET_READERS, SetReadersSchema, { handle: reader, readers: [] }),
    await peer.say(FRAME.CLOSE_LOG, CloseLogSchema, { handle: reader }),
    await peer.say(FRAME.PUT_LINK, PutLinkSchema, { handle: reader, ...link }),
    await peer.say(FRAME.REVOKE_LINK, RevokeLinkSchema, { handle: reader, linkHash: link.linkHash }),
    await peer.say(FRAME.GET_HEAD, GetHeadSchema, { handle: writer, seq: 0n }),
    await peer.say(FRAME.PUT_SLOT, PutSlotSchema, { handle: writer, reader: random(32), counter: 1n, value: random(8) }),
    await peer.subscribe(writer, random(32), 0, random(32)),
  ];
  expect(answers.map(refusalIn)).toEqual(answers.map(() => 'CAPABILITY'));
});

test('a closed log takes nothing more', async () => {
  const { peer } = await (await relayParts()).greeted('alice');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  expect((await peer.say(FRAME.CLOSE_LOG, CloseLogSchema, { handle })).type).toBe(FRAME.DONE);
  expect(refusalName((await peer.append(handle, random(20))).refusal)).toBe('CLOSED');
});

async function inboxWithLink(terms: { readonly singleUse?: boolean; readonly entryBytes?: number; readonly expires?: bigint } = {}) {
  const parts = await relayParts();
  const [alice, bob] = [await parts.greeted('alice'), await parts.greeted('bob')];
  const inbox = testLog();
  await alice.peer.createLog(inbox);
  const handle = await alice.peer.open(inbox);
  const capability = random(32);
  const link = { linkHash: capabilityHash(capability), expires: BigInt(Date.now() + 60_000), entries: 3, entryBytes: 200, ...terms };
  const put = await alice.peer.say(FRAME.PUT_LINK, PutLinkSchema, { handle, ...link });
  const open = () => bob.peer.say(FRAME.OPEN_LOG, OpenLogSchema, { link: capability });
  return { alice: alice.peer, bob: bob.peer, handle, link, put, open };
}

test('through a link Bob appends to an inbox whose name and length he is not told', async () => {
  const { bob, open } = await inboxWithLink();
  const opened = decode(OpenedSchema, (await open()).payload, 'opened');
  expect(opened).toMatchObject({ log: empty, head: 0n });
  expect((await bob.append(opened.handle, random(100))).stamps).toHaveLength(1);
  expect(refusalIn(await bob.subscribe(opened.handle, random(32), 0, random(32)))).toBe('CAPABILITY');
});

test('a link takes no more entries and no larger ones than its terms say', async () => {
  const { bob, open } = await inboxWithLink();
  const { handle } = decode(OpenedSchema, (await open()).payload, 'opened');
  const tooLarge = random(201);
  expect(refusalName((await bob.append(handle, tooLarge)).refusal)).toBe('TOO_LARGE');
  expect(refusalName((await bob.append(handle, tooLarge)).refusal)).toBe('TOO_LARGE');
  const run = [random(50), random(50), random(50), random(50)];
  expect(refusalName((await bob.append(handle, ...run)).refusal)).toBe('CONFLICT');
  const answer = await bob.append(handle, ...run);
  expect([answer.stamps.length, refusalName(answer.refusal)]).toEqual([3, 'QUOTA']);
});

test('a revoked link is refused at the next append, also on a handle that was open before', async () => {
  const { alice, bob, handle, link, open } = await inboxWithLink();
  const { handle: bobs } = decode(OpenedSchema, (await open()).payload, 'opened');
  await alice.say(FRAME.REVOKE_LINK, RevokeLinkSchema, { handle, linkHash: link.linkHash });
  expect((await bob.append(bobs, random(50))).stamps).toEqual([]);
  expect(refusalIn(await open())).toBe('NOT_FOUND');
});

test('an expired link does not open', async () => {
  const { open } = await inboxWithLink({ expires: BigInt(Date.now() - 1_000) });
  expect(refusalIn(await open())).toBe('EXPIRED');
});

test('a link with terms beyond the limits is refused', async () => {
  const { put } = await inboxWithLink({ entryBytes: 1_000_000 });
  expect(refusalIn(put)).toBe('MALFORMED');
});
