// Nodes and channels over loopback: frames in order, back-pressure that holds, closes with a reason, addresses that are checked.
import { beforeEach, expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import { HARD_CAP_BYTES } from '../../core/net/channel.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import { peerIdOf, publicKeyOf } from '../../core/net/peer-key.ts';
import { encodeFrame, type Frame } from '../../core/wire/frame.ts';
import { type NetPair, netPair } from '../support/net-pair.ts';
import { startProxy } from '../support/net-proxy.ts';
import { until, within } from '../support/net-wait.ts';

const PROTOCOL = '/sotto-test/pair/1';
const forever = new AbortController().signal;

let alice: Node;
let bob: Node;
let arrived: FrameChannel[];
let pair: NetPair['channels'];

beforeEach(async () => {
  ({ alice, bob, arrived, channels: pair } = await netPair(PROTOCOL));
});

function addressOf(node: Node): string {
  return node.addresses[0] ?? '';
}

function collect(channel: FrameChannel): Frame[] {
  const frames: Frame[] = [];
  channel.onFrames((some) => void frames.push(...some));
  return frames;
}

test('Both ends know who is at the other one', async () => {
  const { near, far } = await pair();
  expect(near.remotePeer).toBe(bob.peerId);
  expect(far.remotePeer).toBe(alice.peerId);
});

test('Frames arrive whole and in order, also those sent before anybody listened', async () => {
  const { near, far } = await pair();
  const sizes = [0, 1, 70_000, 1_000_000, 5, 300_000];
  near.send(sizes.slice(0, 3).map((size, at) => encodeFrame(at, at, new Uint8Array(size).fill(at))));
  for (const [at, size] of sizes.entries()) if (at >= 3) near.send([encodeFrame(at, at, new Uint8Array(size).fill(at))]);
  const frames = collect(far);
  await until(() => frames.length === sizes.length, 'all arrived');
  expect(frames.map((frame) => [frame.type, frame.payload.length])).toEqual(sizes.map((size, at) => [at, size]));
  expect(frames.every((frame) => frame.payload.every((byte) => byte === frame.type))).toBe(true);
});

test('Nothing is delivered between pause and resume, and nothing is lost', async () => {
  const { near, far } = await pair();
  const frames: number[] = [];
  let paused = false;
  const broken: number[] = [];
  far.onFrames((some) => {
    if (paused) broken.push(...some.map((frame) => frame.request));
    frames.push(...some.map((frame) => frame.request));
    paused = true;
    far.pause(); // also inside a delivery that resume() brought about
    setTimeout(() => {
      paused = false;
      far.resume();
    }, 1);
  });
  const count = 400;
  for (let at = 1; at <= count; at += 1) if (!near.send([encodeFrame(1, at, random(20_000))])) await near.drained();
  await until(() => frames.length === count, 'all arrived', 20_000);
  expect(broken).toEqual([]);
  expect(frames).toEqual(Array.from({ length: count }, (_, at) => at + 1));
});

test('A reader that stops makes send() say false, and drained() waits for it', async () => {
  const { near, far } = await pair();
  far.pause();
  let sent = 1;
  while (near.send([encodeFrame(1, sent, random(100_000))])) sent += 1;
  expect(sent * 100_000).toBeLessThan(4_000_000);
  let isDrained = false;
  const drained = near.drained().then(() => {
    isDrained = true;
  });
  await alice.dial(addressOf(bob), PROTOCOL, forever); // a round trip later
  expect(isDrained).toBe(false);
  const frames = collect(far);
  far.resume();
  await within(drained, 'drained');
  await until(() => frames.length === sent, 'all arrived');
});

test('Who sends on and on to a reader that stopped loses the channel, not the memory', async () => {
  const { near, far } = await pair();
  far.pause();
  const frame = encodeFrame(1, 1, random(1_000_000));
  let sent = 0;
  while (sent < 3 * HARD_CAP_BYTES && !(await isClosed(near))) {
    near.send([frame]);
    sent += frame.length;
  }
  expect(await within(near.closed, 'closed')).toMatch(/does not read/);
  expect(sent).toBeLessThan(2 * HARD_CAP_BYTES);
  await near.drained();
});

async function isClosed(channel: FrameChannel): Promise<boolean> {
  return Promise.race([channel.closed.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
}

test('What was sent before a close still arrives, and the reason stays with the one who gave it', async () => {
  const { near, far } = await pair();
  const frames = collect(near);
  far.send([encodeFrame(1, 1, random(200_000))]);
  await far.close('no more room');
  expect(await far.closed).toBe('no more room');
  expect(await within(near.closed, 'closed')).toMatch(/closed the connection/);
  expect(frames).toHaveLength(1);
  expect(near.send([encodeFrame(1, 1, random(1))])).toBe(false);
  await near.close('again');
  await near.drained();
  near.pause();
  near.resume();
});

test('A cut line closes both ends with a reason', async () => {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port: portOf(addressOf(bob)) } });
  const { near, far } = await pair(proxy.through(addressOf(bob)));
  proxy.cutAll();
  expect(await within(Promise.all([near.closed, far.closed]), 'both closed')).toEqual([
    'The connection was lost.',
    'The connection was lost.',
  ]);
  await proxy.stop();
});

test('Frames pass a line that delays, throttles and falls silent for a while', async () => {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port: portOf(addressOf(bob)) } });
  const { near, far } = await pair(proxy.through(addressOf(bob)));
  const frames = collect(far);
  proxy.delay(20);
  proxy.throttle(2_000_000);
  proxy.pause();
  for (let at = 1; at <= 20; at += 1) near.send([encodeFrame(1, at, random(5_000))]);
  expect(frames).toEqual([]);
  proxy.resume();
  await until(() => frames.length === 20, 'all arrived');
  expect(frames.map((frame) => frame.request)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  await proxy.stop();
});

test('A doubled connection cannot be a second Alice', async () => {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port: portOf(addressOf(bob)) } });
  proxy.duplicate(true);
  const { near, far } = await pair(proxy.through(addressOf(bob)));
  const frames = collect(far);
  near.send([encodeFrame(1, 1, random(50))]);
  await until(() => frames.length === 1, 'it arrived');
  expect(arrived).toEqual([]);
  await proxy.stop();
});

test('Two dials to the same node are two connections, and one ending leaves the other', async () => {
  const [first, second] = await Promise.all([alice.dial(addressOf(bob), PROTOCOL, forever), alice.dial(addressOf(bob), PROTOCOL, forever)]);
  await until(() => arrived.length === 2, 'both arrived');
  await first.close('enough');
  const frames = arrived.map(collect);
  second.send([encodeFrame(1, 1, random(5))]);
  await until(() => frames.flat().length === 1, 'the other one works');
});

test('A dial says why it failed', async () => {
  const dial = (address: string, signal = forever) => alice.dial(address, PROTOCOL, signal);
  const carol = peerIdOf(signingKey().publicKey);
  await expect(dial('/ip4/127.0.0.1/tcp/1/ws')).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('PeerId') });
  await expect(dial('nonsense')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(dial(`/ip4/127.0.0.1/tcp/1/ws/p2p/${carol}`)).rejects.toMatchObject({ code: 'OFFLINE', cause: expect.anything() });
  await expect(dial(addressOf(bob).replace(bob.peerId, carol))).rejects.toMatchObject({ code: 'OFFLINE', cause: expect.anything() });
  await expect(alice.dial(addressOf(bob), '/nobody/serves/this', forever)).rejects.toMatchObject({ code: 'OFFLINE' });
  await expect(dial(addressOf(bob), AbortSignal.abort())).rejects.toMatchObject({ code: 'CLOSED' });
});

test('A dial into a black hole can be given up, and leaves no connection behind', async () => {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port: portOf(addressOf(bob)) } });
  proxy.pause();
  const patience = new AbortController();
  const dial = expect(alice.dial(proxy.through(addressOf(bob)), PROTOCOL, patience.signal)).rejects.toMatchObject({ code: 'CLOSED' });
  await until(() => proxy.connections > 0, 'the dial is on its way');
  patience.abort();
  await dial;
  proxy.resume();
  await until(() => proxy.connections === 0, 'nothing is left');
  await proxy.stop();
});

test('A node that cannot listen says so, and a malformed multiaddr is named', async () => {
  const key = signingKey();
  await expect(createNode({ key, listen: ['/ip4/127.0.0.1/tcp/70000/ws'] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(createNode({ key, listen: ['/ip4/127.0.0.300/tcp/0/ws'] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(createNode({ key, listen: [`/ip4/127.0.0.1/tcp/${portOf(addressOf(bob))}/ws`] })).rejects.toMatchObject({ code: 'OFFLINE' });
});

test('A node behind a proxy names only what it was told to', async () => {
  const key = signingKey();
  const node = await createNode({ key, listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce: ['/dns4/relay.example/tcp/443/wss'] });
  expect(node.addresses).toEqual([`/dns4/relay.example/tcp/443/tls/ws/p2p/${node.peerId}`]);
  await node.stop();
});

test('PeerId text and public key are two forms of one thing', async () => {
  const key = signingKey();
  expect(peerIdOf(publicKeyOf(alice.peerId))).toBe(alice.peerId);
  expect(publicKeyOf(peerIdOf(key.publicKey))).toEqual(key.publicKey);
  for (const bad of [
    '',
    'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    `${alice.peerId}1`,
    alice.peerId.slice(1),
    alice.peerId.replace(/.$/, '0'),
  ])
    expect(() => publicKeyOf(bad)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});

function portOf(address: string): number {
  return Number(/tcp\/(\d+)/.exec(address)?.[1]);
}
