// The attacks of net-attacks.test.ts that reach below WebSocket, on a node that listens on plain TCP: the process lives, an honest client works.
import { setTimeout as wait } from 'node:timers/promises';
import type { Libp2p } from '@libp2p/interface';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import { attacker, ended, inside, intrude, rawSocket, startVictim, type Victim, yamuxHeader } from '../support/net-attacks.ts';
import { ECHO, FLOOD, HANDSHAKE_MS, HOLD, MOST_CONNECTIONS } from '../support/net-protocols.ts';
import { until, within } from '../support/net-wait.ts';

const MIB = 1_048_576;
const MOST_GROWTH = 96 * MIB;
const DATA = 0;
const PING = 2;
const SYN = 1;

let victim: Victim;
let mallory: Libp2p;
let before = 0;

beforeAll(async () => {
  victim = await startVictim(undefined, '/ip4/127.0.0.1/tcp/0');
  mallory = await attacker();
  await honestEcho();
  before = await victim.memory();
});

afterAll(async () => {
  await mallory.stop();
  await victim.stop();
});

// Every test ends in the same question.
afterEach(async () => {
  expect(victim.alive, 'the process lives').toBe(true);
  await within(honestEcho(), 'an honest client is served', 5_000);
  expect((await victim.memory()) - before, 'memory grew by').toBeLessThan(MOST_GROWTH);
});

async function honestEcho(): Promise<void> {
  const alice = await createNode({ key: signingKey(), listen: [] });
  try {
    const channel = await alice.dial(victim.address, ECHO, AbortSignal.timeout(4_000));
    const payload = random(700_000);
    const answer = new Promise((resolve) => channel.onFrames((frames) => resolve(frames[0]?.payload)));
    channel.send([encodeFrame(1, 1, payload)]);
    expect(await answer).toEqual(payload);
    await channel.close('done');
  } finally {
    await alice.stop();
  }
}

test('The address has no WebSocket in it, and an honest client is served', () => {
  expect(victim.address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3Koo\w+$/);
});

test('Random bytes, a web browser and one byte at a time instead of a handshake are turned away', async () => {
  const sockets = await Promise.all([rawSocket(victim.port), rawSocket(victim.port), rawSocket(victim.port)]);
  sockets[0]?.write(random(60_000));
  sockets[1]?.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  sockets[2]?.setNoDelay(true);
  for (let at = 0; at < 2_000 && sockets[2]?.writable === true; at += 1) {
    sockets[2].write(random(1));
    if (at % 50 === 0) await wait(1);
  }
  await within(Promise.all(sockets.map(ended)), 'the sockets are closed', HANDSHAKE_MS + 3_000);
});

test('More silent sockets than there are places keep nobody out, and are closed', async () => {
  const silent = await Promise.all(Array.from({ length: 3 * MOST_CONNECTIONS }, () => rawSocket(victim.port)));
  await within(honestEcho(), 'an honest client is served beside them', HANDSHAKE_MS - 300);
  await within(Promise.all(silent.map(ended)), 'all are closed', HANDSHAKE_MS + 3_000);
});

test('Somebody who is authenticated and opens no stream is let go', async () => {
  const connection = await intrude(mallory, victim);
  await until(() => connection.status !== 'open', 'the connection is closed', HANDSHAKE_MS + 3_000);
});

test('A yamux header that announces 1 GiB, another version of yamux, and bytes that nobody encrypted end the connection', async () => {
  const junk: ((hood: ReturnType<typeof inside>) => void)[] = [
    ({ yamux }) => yamux(yamuxHeader(DATA, SYN, 1_001, 2 ** 30)),
    ({ yamux }) => yamux(new Uint8Array(12).fill(9)),
    ({ wire }) => wire(Buffer.concat([Buffer.from([1, 0]), random(256)])),
  ];
  for (const send of junk) {
    const hood = inside(await intrude(mallory, victim));
    send(hood);
    await within(ended(hood.socket), 'the socket is closed', HANDSHAKE_MS - 200);
  }
});

test('A million yamux pings whose answers nobody reads leave the memory as it was', async () => {
  const connection = await intrude(mallory, victim);
  await connection.newStream([ECHO]); // or it would be let go for opening none
  const { yamux, socket } = inside(connection);
  socket.pause();
  const pings = Buffer.concat(Array.from({ length: 5_000 }, (_, at) => yamuxHeader(PING, SYN, 0, at)));
  for (let at = 0; at < 200 && socket.writable; at += 1) {
    yamux(pings);
    await wait(1);
  }
  expect((await victim.memory()) - before, 'memory grew by').toBeLessThan(MOST_GROWTH);
  await until(() => socket.closed, 'the socket is closed');
});

test('A window full of frames of one byte costs a paused reader little more than the window', async () => {
  const connection = await intrude(mallory, victim);
  const stream = await connection.newStream([HOLD]);
  const frame = Buffer.concat([yamuxHeader(DATA, 0, Number(stream.id), 1), Buffer.from([1])]);
  const frames = Buffer.concat(Array.from({ length: 5_000 }, () => frame));
  const start = await victim.memory();
  for (let at = 0; at < 50 && connection.status === 'open'; at += 1) {
    inside(connection).yamux(frames);
    await wait(2);
  }
  expect((await victim.memory()) - start, 'memory grew by').toBeLessThan(24 * MIB);
  await connection.close().catch(() => undefined);
});

test('Somebody who asks for 300 MB and reads nothing is let go of', async () => {
  const told = victim.closed.length;
  const connection = await intrude(mallory, victim);
  const stream = await connection.newStream([FLOOD]);
  stream.addEventListener('message', () => stream.pause());
  stream.send(encodeFrame(1, 1, random(1)));
  await until(() => victim.closed.length > told, 'the victim lets go');
  expect(victim.closed.slice(told).join()).toMatch(/does not read/);
  await connection.close().catch(() => undefined);
});

test('A socket that is reset in the middle of a flood harms nobody', async () => {
  const connection = await intrude(mallory, victim);
  const stream = await connection.newStream([FLOOD]);
  stream.send(encodeFrame(1, 1, random(1)));
  inside(connection).socket.resetAndDestroy();
  await until(() => connection.status !== 'open', 'the connection is over');
});
