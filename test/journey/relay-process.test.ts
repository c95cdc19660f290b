// The relay as its operator and its peers meet it: a process, real sockets, signals, restarts.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hex, unbase64url, utf8 } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { encodeFrame, FRAME } from '../../core/wire/frame.ts';
import { OpenedSchema, OpenLogSchema, RegisterSchema } from '../../core/wire/gen/relay_pb.ts';
import { encodeAppend, type StampedRun, type WireStamp } from '../../core/wire/hot.ts';
import { temporaryData } from '../support/relay-parts.ts';
import { refusalIn, type TestLog, testLog } from '../support/relay-peer.ts';
import { connectDevice, type Device, type RelayProcess, sottoRelay, startRelayProcess } from '../support/relay-process.ts';

async function greeted(relay: RelayProcess): Promise<Device> {
  const device = await connectDevice(relay.address);
  await device.peer.greet();
  return device;
}

/** Everything the log holds, by reading it from the beginning; ids in order. */
async function allIds(relay: RelayProcess, log: TestLog, count: number): Promise<string[]> {
  const { peer } = await greeted(relay);
  const handle = await peer.open(log);
  await peer.subscribe(handle, random(32), 0, chainStart(log.id));
  const ids = () => peer.runs.flatMap(({ entries }) => entries.map(({ envelope }) => hex(envelopeId(envelope))));
  let acknowledged = 0;
  await peer.until(() => {
    const last = peer.numbers.at(-1) ?? 0;
    if (last > acknowledged) peer.ack(handle, last);
    acknowledged = last;
    return peer.numbers.length >= count;
  });
  return ids();
}

test('the first line says who and where the relay is, and SIGTERM ends it with 0', async () => {
  const relay = await startRelayProcess(await temporaryData());
  expect(JSON.parse(relay.stdout()[0] ?? '')).toEqual({ type: 'ready', peerId: relay.peerId, addresses: [relay.address] });
  expect(relay.address).toMatch(new RegExp(`^/ip4/127\\.0\\.0\\.1/tcp/\\d+/ws/p2p/${relay.peerId}$`));
  expect(await relay.end('SIGTERM')).toBe(0);
});

test('Alice appends, Bob subscribes, gets it late and live, and acknowledges', async () => {
  const relay = await startRelayProcess(await temporaryData());
  const [alice, bob] = [await greeted(relay), await greeted(relay)];
  const log = testLog();
  await alice.peer.createLog(log);
  const [writes, reads] = [await alice.peer.open(log), await bob.peer.open(log)];
  await alice.peer.append(writes, random(600), random(600));
  const reader = random(32);
  await bob.peer.subscribe(reads, reader, 0, chainStart(log.id));
  const { stamps } = await alice.peer.append(writes, random(600));
  await bob.peer.until(() => bob.peer.numbers.length === 3);
  expect(bob.peer.numbers).toEqual([1, 2, 3]);
  bob.peer.ack(reads, 3);
  const back = await greeted(relay);
  const again = await back.peer.subscribe(await back.peer.open(log), reader, 3, stamps[0]?.chain ?? random(32));
  expect(again.type).toBe(FRAME.SUBSCRIBED);
  const ahead = await back.peer.subscribe(await back.peer.open(log), reader, 4, random(32));
  const forked = await back.peer.subscribe(await back.peer.open(log), reader, 2, random(32));
  expect([ahead, forked].map(refusalIn)).toEqual(['AHEAD', 'FORK']);
});

test('the same device on a second connection ends the first', async () => {
  const relay = await startRelayProcess(await temporaryData());
  const key = signingKey();
  const first = await connectDevice(relay.address, key);
  await first.peer.greet();
  const second = await connectDevice(relay.address, key);
  await second.peer.greet();
  await first.channel.closed;
  await first.peer.until(() => first.peer.pushes.some((frame) => refusalIn(frame) === 'ELSEWHERE'));
  expect((await second.peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
});

test('a hundred malformed payloads are refused on a connection that lives on', async () => {
  const relay = await startRelayProcess(await temporaryData());
  const { peer } = await greeted(relay);
  const garbage = Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0x7f, 1);
  const answers = await peer.askAll(Array.from({ length: 100 }, () => ({ type: FRAME.OPEN_LOG, payload: garbage })));
  expect(new Set(answers.map(refusalIn))).toEqual(new Set(['MALFORMED']));
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
});

test('SIGTERM in the middle of a burst: what was answered as stamped is there, and nothing else is', async () => {
  const data = await temporaryData();
  const relay = await startRelayProcess(data);
  const { peer, channel } = await greeted(relay);
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  const answered: StampedRun[] = [];
  const take = (answer: StampedRun) => {
    if (answer.refusal === 0) answered.push(answer);
  };
  const write = async () => {
    for (let gone: unknown = null; typeof gone !== 'string'; ) {
      const answer = peer.append(handle, random(300)).then(take, () => undefined);
      gone = await Promise.race([answer, channel.closed]);
    }
  };
  const writers = Array.from({ length: 32 }, write);
  await expect.poll(() => answered.length, { interval: 5 }).toBeGreaterThan(200);
  expect(await relay.end('SIGTERM')).toBe(0);
  await Promise.all(writers);
  await new Promise((resolve) => setImmediate(resolve)); // the last answers came in the same read as the end
  const ids = answered.flatMap(({ stamps }) => stamps.map(({ id }) => hex(id)));
  const after = await startRelayProcess(data);
  expect(await allIds(after, log, ids.length)).toEqual(ids);
  const { head } = await (await greeted(after)).peer.get(FRAME.OPEN_LOG, OpenLogSchema, { log: log.id, ...log.capabilities }, OpenedSchema);
  expect(Number(head)).toBe(ids.length);
});

test('kill -9 loses nothing that was answered, and the same bytes get the same stamp afterwards', async () => {
  const data = await temporaryData();
  const relay = await startRelayProcess(data);
  const { peer, channel } = await greeted(relay);
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  const envelopes: Uint8Array<ArrayBuffer>[] = [];
  const stamps: WireStamp[] = [];
  const write = async () => {
    for (;;) {
      const envelope = random(300);
      envelopes.push(envelope);
      const answer = await Promise.race([peer.append(handle, envelope), channel.closed]);
      if (typeof answer === 'string') return;
      stamps.push(...answer.stamps);
    }
  };
  const writers = Promise.all(Array.from({ length: 16 }, write));
  await expect.poll(() => stamps.length, { interval: 5 }).toBeGreaterThan(300);
  expect(await relay.end('SIGKILL')).toBe('SIGKILL');
  await writers;
  const after = await startRelayProcess(data);
  const kept = await allIds(after, log, stamps.length);
  for (const { seq, id } of stamps) expect(kept[seq - 1]).toBe(hex(id));
  const again = await greeted(after);
  const handleAgain = await again.peer.open(log);
  const known = envelopes.find((envelope) => hex(envelopeId(envelope)) === hex(stamps[0]?.id ?? random(32)));
  expect((await again.peer.append(handleAgain, known ?? random(1))).stamps).toEqual([stamps[0]]);
});

test('a closed relay: the operator hands out a line, and whoever has it registers', async () => {
  const data = await temporaryData();
  const relay = await startRelayProcess(data, '--closed');
  const made = await sottoRelay('token', '--data', data);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const [address, token = ''] = made.stdout.trimEnd().split('#');
  expect(address).toBe(relay.address);
  const { peer } = await connectDevice(relay.address);
  await peer.hello();
  const register = (bytes: Uint8Array) => peer.say(FRAME.REGISTER, RegisterSchema, { registration: random(32), token: bytes });
  expect(refusalIn(await register(new Uint8Array(0)))).toBe('TOKEN');
  expect((await register(unbase64url(token))).type).toBe(FRAME.DONE);
});

test('after `restored` the relay has another incarnation, and while it runs that is refused', async () => {
  const data = await temporaryData();
  const incarnation = async (relay: RelayProcess) => hex((await (await connectDevice(relay.address)).peer.hello()).payload.slice(0, 20));
  const relay = await startRelayProcess(data);
  const before = await incarnation(relay);
  expect((await sottoRelay('restored', '--data', data)).code).toBe(1);
  await relay.end('SIGTERM');
  expect((await sottoRelay('restored', '--data', data)).code).toBe(0);
  expect(await incarnation(await startRelayProcess(data))).not.toBe(before);
});

test('exit codes: help is 0, wrong usage 2, a folder in use 1', async () => {
  const data = await temporaryData();
  await startRelayProcess(data);
  const codes = [
    await sottoRelay('--help'),
    await sottoRelay('run', '--help'),
    await sottoRelay(),
    await sottoRelay('fly'),
    await sottoRelay('run'),
    await sottoRelay('run', '--data', data, '--listen', 'nowhere'),
    await sottoRelay('run', '--data', data, '--listen', '/ip4/127.0.0.1/tcp/0/ws'),
  ].map(({ code }) => code);
  expect(codes).toEqual([0, 0, 2, 2, 2, 2, 1]);
});

test('neither the data folder nor the log of a relay names the device that wrote', async () => {
  const data = await temporaryData();
  const relay = await startRelayProcess(data);
  const alice = await greeted(relay);
  const log = testLog();
  await alice.peer.createLog(log);
  const envelope = random(400);
  const handle = await alice.peer.open(log);
  await alice.peer.append(handle, envelope);
  await alice.peer.subscribe(handle, random(32), 0, chainStart(log.id));
  alice.channel.send([encodeFrame(FRAME.APPEND, 9_999, encodeAppend({ handle: 77, envelopes: [envelope] }))]);
  await alice.peer.until(() => alice.peer.numbers.length === 1);
  await relay.end('SIGTERM');
  const kept = Buffer.concat(await filesUnder(data));
  expect(kept.includes(Buffer.from(envelope))).toBe(true);
  for (const trace of [utf8(alice.peerId), alice.publicKey].map((bytes) => Buffer.from(bytes))) {
    expect(kept.includes(trace)).toBe(false);
    expect(Buffer.from(relay.output()).includes(trace)).toBe(false);
  }
});

async function filesUnder(folder: string): Promise<Buffer[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(all.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name))));
}
