// Two peers without a relay: both ask and both answer over one stream.
import { beforeEach, expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import type { DirectCalls } from '../../core/net/direct-calls.ts';
import { type DirectPeer, openDirect } from '../../core/net/direct-channel.ts';
import type { Node } from '../../core/net/node.ts';
import { REFUSAL } from '../../core/wire/codes.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { encodeFrame, FRAME, type Frame } from '../../core/wire/frame.ts';
import { HelloSchema, RefusedSchema, TakenSchema, WelcomeSchema } from '../../core/wire/gen/direct_pb.ts';
import { PING_DEADLINE_MS, PING_INTERVAL_MS } from '../../core/wire/limits.ts';
import { decode, encode } from '../../core/wire/proto.ts';
import { DIRECT_PROTOCOL } from '../../core/wire/version.ts';
import { handClock } from '../support/net-clock.ts';
import { type NetPair, netPair } from '../support/net-pair.ts';
import { until, within } from '../support/net-wait.ts';

let alice: Node;
let bob: Node;
let channels: NetPair['channels'];

beforeEach(async () => {
  ({ alice, bob, channels } = await netPair(DIRECT_PROTOCOL));
});

const bundle = { device: 3, lastResort: true };

function calls(own: Partial<DirectCalls> = {}): DirectCalls {
  return {
    getContact: async () => ({ ok: true, value: { sealedManifest: new Uint8Array(9).fill(1), bundles: [bundle as never] } }),
    putInbox: async () => ({ ok: true, value: undefined }),
    offer: async (_conversation, envelopes) => ({ ok: true, value: envelopes.map((envelope) => envelopeId(envelope)) }),
    putSlot: async () => ({ ok: false, refusal: { name: 'NOT_ACCEPTED', detail: 'who are you' } }),
    ...own,
  };
}

async function peers(
  atAlice: Partial<DirectCalls> = {},
  atBob: Partial<DirectCalls> = {},
): Promise<{ toBob: DirectPeer; toAlice: DirectPeer }> {
  const { near, far } = await channels();
  return { toBob: openDirect(near, calls(atAlice)), toAlice: openDirect(far, calls(atBob)) };
}

test('Alice and Bob offer each other envelopes at the same time, and each learns which are on disk', async () => {
  const orders: number[][] = [[], []];
  const remember = (whose: number): Partial<DirectCalls> => ({
    offer: async (_conversation, envelopes) => {
      orders[whose]?.push(envelopes[0]?.[0] ?? -1);
      return { ok: true, value: envelopes.slice(0, 2).map((envelope) => envelopeId(envelope)) };
    },
  });
  const { toBob, toAlice } = await peers(remember(0), remember(1));
  expect([toBob.peerId, toAlice.peerId]).toEqual([bob.peerId, alice.peerId]);
  const offers = Array.from({ length: 50 }, (_, at) => [new Uint8Array(2_000).fill(at), random(30), random(40)]);
  const answers = await Promise.all(
    offers.flatMap((envelopes) => [toBob.offer(random(16), envelopes), toAlice.offer(random(16), envelopes)]),
  );
  expect(answers.every((answer) => answer.ok && answer.value.length === 2)).toBe(true);
  expect(orders).toEqual([offers.map((_, at) => at), offers.map((_, at) => at)]);
});

test('A link opens the contact of its owner, and an inbox takes a request', async () => {
  const asked: unknown[] = [];
  const { toBob } = await peers(
    {},
    {
      putInbox: async (link, envelope) => {
        asked.push(link, envelope);
        return { ok: true, value: undefined };
      },
    },
  );
  const contact = await toBob.getContact(random(32));
  expect(contact).toMatchObject({ ok: true, value: { sealedManifest: new Uint8Array(9).fill(1), bundles: [bundle] } });
  const [link, envelope] = [random(32), random(5_000)];
  expect(await toBob.putInbox(link, envelope)).toEqual({ ok: true, value: undefined });
  expect(asked).toEqual([link, envelope]);
});

test('A no is a value; a handler that throws is answered as passing, and nothing breaks', async () => {
  const { toBob } = await peers({}, { putInbox: () => Promise.reject(new Error('disk')) });
  expect(await toBob.putSlot(random(16), random(10))).toEqual({ ok: false, refusal: { name: 'NOT_ACCEPTED', detail: 'who are you' } });
  expect(await toBob.putInbox(random(32), random(10))).toMatchObject({ ok: false, refusal: { name: 'STORE' } });
  expect(await toBob.putSlot(random(15), random(10))).toMatchObject({ ok: false, refusal: { name: 'MALFORMED' } });
  expect(await toBob.getContact(random(32))).toMatchObject({ ok: true });
});

test('A peer that claims to have taken what was not offered loses the connection', async () => {
  const { toBob } = await peers({}, { offer: async () => ({ ok: true, value: [random(32)] }) });
  await expect(toBob.offer(random(16), [random(50)])).rejects.toMatchObject({ code: 'MALFORMED' });
  expect(await within(toBob.closed, 'closed')).toMatch(/not offered/);
  await expect(toBob.getContact(random(32))).rejects.toMatchObject({ code: 'OFFLINE' });
});

function hear(channel: FrameChannel): Frame[] {
  const heard: Frame[] = [];
  channel.onFrames((frames) => void heard.push(...frames));
  return heard;
}

test('Whoever does not say hello first, or asks for what does not exist, is refused and stays connected', async () => {
  const { near, far } = await channels();
  const heard = hear(near);
  openDirect(far, calls());
  const refusals = () => {
    const refused = heard.filter((frame) => frame.type === FRAME.REFUSED);
    return Object.fromEntries(refused.map((frame) => [frame.request, decode(RefusedSchema, frame.payload, 'refusal').code]));
  };
  near.send([encodeFrame(FRAME.GET_CONTACT, 1, random(3))]);
  near.send([encodeFrame(FRAME.HELLO, 2, encode(HelloSchema, { minorMin: 0, minorMax: 9 }))]);
  await until(() => heard.some((frame) => frame.type === FRAME.WELCOME), 'welcomed');
  near.send([
    encodeFrame(0x7e, 3, random(3)),
    encodeFrame(FRAME.OFFER, 4, random(50)),
    encodeFrame(FRAME.PING, 5),
    encodeFrame(0xf5, 0, random(4)),
  ]);
  await until(() => heard.some((frame) => frame.request === 5) && Object.keys(refusals()).length === 3, 'all were answered');
  expect(refusals()).toEqual({ 1: REFUSAL.MALFORMED, 3: REFUSAL.UNSUPPORTED, 4: REFUSAL.MALFORMED });
});

test('A peer of another time is told so, and the calls say why', async () => {
  const { near, far } = await channels();
  const heard = hear(near);
  const toAlice = openDirect(far, calls());
  near.send([encodeFrame(FRAME.HELLO, 1, encode(HelloSchema, { minorMin: 7, minorMax: 9 }))]);
  await until(() => heard.length === 2, 'hello and refusal arrived');
  expect(heard.at(-1)?.type).toBe(FRAME.REFUSED);
  const asked = expect(toAlice.getContact(random(32))).rejects.toMatchObject({ code: 'REFUSED' });
  near.send([encodeFrame(FRAME.REFUSED, heard[0]?.request ?? 0, encode(RefusedSchema, { code: 2 }))]);
  await asked;
  await within(toAlice.closed, 'closed');
});

test('A flood of requests is bounded: the rest is told to come back', async () => {
  const { near, far } = await channels();
  const heard = hear(near);
  const { promise, resolve } = Promise.withResolvers<void>();
  openDirect(far, calls({ putInbox: () => promise.then(() => ({ ok: true, value: undefined })) }));
  near.send([encodeFrame(FRAME.HELLO, 1, encode(HelloSchema, { minorMin: 0, minorMax: 0 }))]);
  await until(() => heard.some((frame) => frame.type === FRAME.WELCOME), 'welcomed');
  const payload = new Uint8Array([0x0a, 32, ...new Uint8Array(32), 0x12, 1, 1]);
  for (let at = 2; at < 1_502; at += 1) near.send([encodeFrame(FRAME.PUT_INBOX, at, payload)]);
  await until(() => heard.filter((frame) => frame.type === FRAME.REFUSED).length === 1_500 - 1_024, 'the rest is refused');
  resolve();
  await until(() => heard.filter((frame) => frame.type === FRAME.DONE).length === 1_024, 'the others are answered');
});

test('A direct peer that falls silent is given up', async () => {
  const clock = handClock();
  const { near, far } = await channels();
  const toBob = openDirect(near, calls(), clock);
  far.onFrames((frames) => {
    for (const frame of frames)
      if (frame.type === FRAME.HELLO) far.send([encodeFrame(FRAME.WELCOME, frame.request, encode(WelcomeSchema, { minor: 0 }))]);
      else if (frame.type === FRAME.OFFER) far.send([encodeFrame(FRAME.TAKEN, frame.request, encode(TakenSchema, {}))]);
  });
  expect(await toBob.offer(random(16), [random(9)])).toEqual({ ok: true, value: [] });
  clock.pass(PING_INTERVAL_MS);
  await toBob.offer(random(16), [random(9)]); // so the ping was written
  clock.pass(PING_DEADLINE_MS + 100);
  expect(await within(toBob.closed, 'closed')).toMatch(/in time/);
});
