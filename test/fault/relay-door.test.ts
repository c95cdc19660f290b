// A relay's door with real processes and sockets: a token is never used once more or less for a kill, one address's flood stops no other's
// messages, and what the operator says while it runs holds at once.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { unbase64url } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import { FRAME, type Frame } from '../../core/wire/frame.ts';
import { RegisterSchema } from '../../core/wire/gen/relay_pb.ts';
import { startRelay } from '../../relay/relay.ts';
import { until } from '../support/net-wait.ts';
import { temporaryData } from '../support/relay-parts.ts';
import { refusalIn, refusedIn, type TestPeer, testLog } from '../support/relay-peer.ts';
import { connectDevice, type RelayProcess, sottoRelay, startRelayProcess } from '../support/relay-process.ts';

const empty = new Uint8Array(0);
const USES = 9;

function register(peer: TestPeer, token: Uint8Array, registration: Uint8Array = random(32)): Promise<Frame> {
  return peer.say(FRAME.REGISTER, RegisterSchema, { registration, token });
}

async function device(relay: { readonly address: string }): Promise<TestPeer> {
  const { peer } = await connectDevice(relay.address);
  await peer.hello();
  return peer;
}

interface Made {
  readonly token: Uint8Array;
  readonly id: string;
}

async function operator(data: string, ...args: string[]) {
  const ran = await sottoRelay('token', ...args, '--data', data, '--json');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as unknown;
}

async function made(data: string, ...args: string[]): Promise<Made> {
  const { line, id } = (await operator(data, 'create', ...args)) as { line: string; id: string };
  return { token: unbase64url(line.split('#')[1] ?? ''), id };
}

/** Which of these registrations the relay knows. */
async function known(relay: RelayProcess, registrations: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const peer = await device(relay);
  const found = [];
  for (const one of registrations) if ((await register(peer, empty, one)).type === FRAME.DONE) found.push(one);
  return found;
}

test('killed in the midst of registrations, a token has been used as often as somebody got in with it, and lets in as many as it should', async () => {
  const data = await temporaryData();
  const first = await startRelayProcess(data, '--closed');
  const { token } = await made(data, '--uses', String(USES));
  const asked = Array.from({ length: 6 }, () => random(32));
  const answered: Uint8Array[] = [];
  const peers = await Promise.all(asked.map(() => device(first)));
  const killed = Promise.withResolvers<number | NodeJS.Signals>();
  for (const [at, peer] of peers.entries()) {
    const heard = ({ type }: Frame) => {
      if (type === FRAME.DONE) answered.push(asked[at] ?? empty);
      if (answered.length === 2) killed.resolve(first.end('SIGKILL'));
    };
    register(peer, token, asked[at]).then(heard, () => undefined); // some are never answered
    await new Promise((resolve) => setImmediate(resolve));
  }
  await killed.promise;
  const second = await startRelayProcess(data, '--closed');
  const inside = await known(second, asked);
  expect(answered.filter((one) => !inside.includes(one))).toEqual([]);
  const late = Array.from({ length: USES }, () => random(32));
  for (const one of late) await register(await device(second), token, one);
  const all = [...inside, ...(await known(second, late))];
  expect(all).toHaveLength(USES);
  expect(refusedIn(await register(await device(second), token))).toMatchObject({ name: 'TOKEN' });
  const used = async () => ((await operator(data, 'list')) as { used: number }[])[0]?.used;
  await until(async () => (await used()) === USES, 'the list says so');
});

test('a token that the operator takes back while the relay runs, with its accounts, ends what a live connection may', async () => {
  const data = await temporaryData();
  const relay = await startRelayProcess(data, '--closed');
  const { token, id } = await made(data, '--label', 'Mallory');
  const [mallory, alice] = [await device(relay), await device(relay)];
  await register(mallory, token);
  await register(alice, (await made(data)).token);
  expect((await mallory.createLog(testLog())).type).toBe(FRAME.DONE);
  expect(await operator(data, 'revoke', id.slice(0, 8), '--and-accounts')).toMatchObject({ revoked: 'accounts', registrations: 1 });
  expect(refusalIn(await mallory.createLog(testLog()))).toBe('TOKEN');
  expect(refusalIn(await register(await device(relay), token))).toBe('TOKEN');
  expect((await alice.createLog(testLog())).type).toBe(FRAME.DONE);
  expect(relay.output()).not.toContain('Mallory');
});

async function floodFrom(localAddress: string, port: number, stop: { now: boolean }): Promise<number> {
  let tried = 0;
  const sockets = new Set<Socket>();
  while (!stop.now) {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
    tried += 1;
  }
  for (const socket of sockets) socket.destroy();
  return tried;
}

test('while one address floods the door, Alice at another comes in and has every message stored', async () => {
  const data = await temporaryData();
  const limits = { 'address-connections': 6, 'address-pending': 4, 'address-handshakes': 30, 'address-handshakes-per-second': 20 };
  const options = { data, listen: ['/ip4/127.0.0.1/tcp/0/ws'], open: true, log: silentLog, maxConnections: 12, countAddresses: true };
  const relay = await startRelay({ ...options, limits });
  onTestFinished(() => relay.stop());
  const address = relay.addresses[0] ?? '';
  const stop = { now: false };
  const flood = floodFrom('127.0.0.2', Number(/tcp\/(\d+)/.exec(address)?.[1]), stop);
  for (let person = 0; person < 4; person += 1) {
    const alice = await device({ address });
    await register(alice, empty);
    const log = testLog();
    await alice.createLog(log);
    const runs = await alice.appendAll(
      await alice.open(log),
      Array.from({ length: 50 }, () => [random(900)]),
    );
    expect(runs.flatMap(({ stamps }) => stamps)).toHaveLength(50);
  }
  stop.now = true;
  expect(await flood).toBeGreaterThan(50);
});
