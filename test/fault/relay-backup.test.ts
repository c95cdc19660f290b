// Backup and restore of real relays, cut off in the middle, on full disks, with damaged files: what is whole is proven, what is not is refused.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Bytes, hex, unhex } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { capabilityHash } from '../../core/wire/capability.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import type { WireStamp } from '../../core/wire/hot.ts';
import { BlobFiles } from '../../relay/blobs/files.ts';
import { blobFolder, makeData, relayKey, storeFolder } from '../../relay/data.ts';
import { backUp } from '../../relay/operator/backup-make.ts';
import { encodePairs } from '../../relay/operator/backup-pairs.ts';
import { restoreFrom } from '../../relay/operator/restore-make.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { LevelDisk } from '../../relay/store/level-disk.ts';
import { blobDevice, getRaw, testBlob } from '../support/blobs.ts';
import { until } from '../support/net-wait.ts';
import { canCutPower, setDiskFault, spawnWithPower } from '../support/power.ts';
import { refusalIn, type TestLog, type TestPeer, testLog } from '../support/relay-peer.ts';
import { connectDevice, RELAY, type RelayProcess, sottoRelay, startRelayProcess } from '../support/relay-process.ts';
import { logNamed, proveOrder, submit } from '../support/relay-store.ts';
import { pairsOf } from '../support/relay-store-frozen.ts';
import { temporaryFolder } from '../support/store-files.ts';

const MIGRATING = fileURLToPath(new URL('../support/relay-migrating.ts', import.meta.url));

async function peerOf(relay: RelayProcess): Promise<TestPeer> {
  const { peer } = await connectDevice(relay.address);
  await peer.greet();
  return peer;
}

async function incarnationOf(relay: RelayProcess): Promise<string> {
  return hex((await (await connectDevice(relay.address)).peer.hello()).payload.slice(0, 20));
}

/** Appends until it is told to end; the stamps that were answered, growing. */
function appending(peer: TestPeer, handle: number): { readonly stamps: WireStamp[]; end(): Promise<void> } {
  const stamps: WireStamp[] = [];
  let isOver = false;
  const lane = async () => {
    while (!isOver) stamps.push(...(await peer.append(handle, random(500))).stamps);
  };
  const lanes = Promise.all(Array.from({ length: 8 }, lane));
  return {
    stamps,
    end: async () => {
      isOver = true;
      await lanes;
    },
  };
}

/** Ids of a log in their order. */
async function idsOf(relay: RelayProcess, log: TestLog, count: number): Promise<string[]> {
  const peer = await peerOf(relay);
  const handle = await peer.open(log);
  await peer.subscribe(handle, random(32), 0, chainStart(log.id));
  let acknowledged = 0;
  await peer.until(() => {
    const last = peer.numbers.at(-1) ?? 0;
    if (last > acknowledged) peer.ack(handle, last);
    acknowledged = last;
    return peer.numbers.length >= count;
  });
  return peer.runs.flatMap(({ entries }) => entries.map(({ envelope }) => hex(envelopeId(envelope))));
}

/** The folder of a relay that holds a log of two entries and a blob, and a backup of it. */
async function backedUp() {
  const folder = temporaryFolder();
  const [data, target] = [join(folder, 'data'), join(folder, 'backup')];
  await makeData(data);
  await relayKey(data);
  const store = new LevelRelayStore({ location: storeFolder(data), clock: systemClock });
  await store.open();
  const log = testLog();
  const { read, append, manage } = log.capabilities;
  const hashes = { read: capabilityHash(read), append: capabilityHash(append), manage: capabilityHash(manage) };
  const spec = { id: log.id, nonce: log.nonce, ...hashes };
  await store.createLog(spec);
  const ids = [submit(spec, random(300)), submit(spec, random(300))];
  await store.append(ids);
  const blob = testBlob(70_000);
  const file = await new BlobFiles(blobFolder(data)).openPart(blob.address, 0);
  await file.writeFile(blob.bytes);
  await file.close();
  await new BlobFiles(blobFolder(data)).finish(blob.address);
  const limits = { ownBytes: 1e9, ownBlobs: 9, allBytes: 1e9 };
  const expires = systemClock.now() + 86_400_000;
  await store.blobs.reserve({ address: blob.address, size: blob.size, expires, registration: random(32) }, limits);
  await store.blobs.keep(blob.address, expires);
  await store.close();
  const { running, manifest } = await backUp(data, target);
  expect({ running, ...manifest.counts }).toMatchObject({ running: false, logs: 1, entries: 2, blobs: 1, files: 1 });
  return { folder, data, target, log, ids: ids.map(({ id }) => hex(id)), blob, restored: join(folder, 'restored') };
}

const restore = (from: string, to: string) => sottoRelay('restore', from, '--data', to);

/** All files under a folder that anybody but their owner may touch. */
function openToOthers(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return ['', ...all].filter((path) => (statSync(join(folder, path)).mode & 0o077) !== 0);
}

describe('a backup of a relay that runs', () => {
  test('holds all that was accepted before, in its order, and peers that saw more hear of it', async () => {
    const folder = temporaryFolder();
    const [data, target, restored] = [join(folder, 'data'), join(folder, 'backup'), join(folder, 'restored')];
    const relay = await startRelayProcess(data, '--closed');
    const token = unbase(await sottoRelay('token', '--data', data));
    const { peer } = await connectDevice(relay.address);
    await peer.hello();
    await peer.greet(token);
    const log = testLog();
    await peer.createLog(log);
    const writer = appending(peer, await peer.open(log));
    await until(() => writer.stamps.length > 500, 'there is traffic');
    const before = [...writer.stamps];
    const made = await sottoRelay('backup', target, '--data', data, '--json');
    const during = writer.stamps.length - before.length;
    await until(() => writer.stamps.length > before.length + during, 'traffic goes on');
    await writer.end();
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(during).toBeGreaterThan(0);
    expect(openToOthers(target)).toEqual([]);
    execFileSync('sha256sum', ['--check', '--quiet', 'checksums'], { cwd: target });
    const [was, who] = [await incarnationOf(relay), relay.peerId];
    await relay.end('SIGKILL');
    expect(await restore(target, restored)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/new incarnation/) });
    expect(openToOthers(restored)).toEqual([]);

    const after = await startRelayProcess(restored);
    expect(after.peerId).toBe(who);
    expect(await incarnationOf(after)).not.toBe(was);
    const count = (JSON.parse(made.stdout) as { manifest: { counts: { entries: number } } }).manifest.counts.entries;
    const inOrder = [...writer.stamps].sort((one, other) => one.seq - other.seq);
    expect(count).toBeGreaterThanOrEqual(before.length);
    expect(await idsOf(after, log, count)).toEqual(inOrder.slice(0, count).map(({ id }) => hex(id)));
    const reader = await peerOf(after);
    const last = inOrder.at(-1);
    const ahead = await reader.subscribe(await reader.open(log), random(32), last?.seq ?? 0, last?.chain ?? random(32));
    expect(refusalIn(ahead)).toBe('AHEAD');
  });

  test('that dies meanwhile leaves nothing behind, and says so', async () => {
    const { folder, data } = await backedUp();
    const half = await halfARelay(data);
    const failing = sottoRelay('backup', join(folder, 'second'), '--data', data);
    await until(() => existsSync(join(folder, 'second', 'store.pairs')), 'the backup has begun');
    half.cut();
    expect(await failing).toMatchObject({ code: 1, stderr: expect.stringMatching(/not made: the relay stopped/) });
    expect(existsSync(join(folder, 'second'))).toBe(false);
  });

  test('killed in the middle is no backup: it is refused', async () => {
    const { folder, data, restored } = await backedUp();
    await halfARelay(data);
    const child = spawn(process.execPath, [...RELAY, 'backup', join(folder, 'second'), '--data', data]);
    await until(() => existsSync(join(folder, 'second', 'store.pairs')), 'the backup has begun');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await restore(join(folder, 'second'), restored)).toMatchObject({ code: 1, stderr: expect.stringMatching(/no finished backup/) });
    expect(existsSync(restored)).toBe(false);
  });
});

describe.runIf(canCutPower())('on a full disk', () => {
  test('a backup fails plainly and leaves nothing, and the relay works on', async () => {
    const folder = temporaryFolder();
    const [data, disk] = [join(folder, 'data'), join(folder, 'disk')];
    const relay = await startRelayProcess(data);
    const peer = await peerOf(relay);
    const log = testLog();
    await peer.createLog(log);
    const handle = await peer.open(log);
    await peer.append(handle, random(300));
    execFileSync('mkdir', [disk]);
    const backup = () =>
      spawnWithPower(process.execPath, [...RELAY, 'backup', join(disk, 'b'), '--data', data], disk, { stdio: 'pipe' }).process;
    setDiskFault(disk, 'full', true);
    const child = backup();
    const said: string[] = [];
    child.stderr?.on('data', (piece) => said.push(String(piece)));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said.join('')).toMatch(/The backup was not made: the disk is full/);
    expect(readdirSync(disk)).toEqual([]);
    expect((await peer.append(handle, random(300))).stamps[0]?.seq).toBe(2);
    setDiskFault(disk, 'full', false);
    expect(await once(backup(), 'close')).toEqual([0, null]);
    expect(existsSync(join(disk, 'b', 'manifest.json'))).toBe(true);
  });
});

describe('a restore', () => {
  test('killed in the middle leaves a folder that no relay runs on, and that is restored once it is empty', async () => {
    const { target, blob, restored, log, ids } = await backedUp();
    const name = hex(blob.address);
    const kept = join(target, 'blobs', name.slice(0, 2), name);
    renameSync(kept, `${kept}.aside`);
    execFileSync('mkfifo', [kept]); // it waits here for ever
    const child = spawn(process.execPath, [...RELAY, 'restore', target, '--data', restored]);
    await until(() => existsSync(join(restored, 'blobs', name.slice(0, 2), name)), 'the restore is at the blob');
    child.kill('SIGKILL');
    await once(child, 'exit');
    renameSync(`${kept}.aside`, kept);
    const run = await sottoRelay('run', '--data', restored, '--listen', '/ip4/127.0.0.1/tcp/0/ws');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/not restored to the end/) });
    expect((await sottoRelay('restored', '--data', restored)).code).toBe(1);
    expect(await restore(target, restored)).toMatchObject({ code: 1, stderr: expect.stringMatching(/not empty/) });
    rmSync(restored, { recursive: true });
    expect((await restore(target, restored)).code).toBe(0);
    const after = await startRelayProcess(restored);
    expect(await idsOf(after, log, 2)).toEqual(ids);
    expect(await getRaw(await blobDevice(after.address), blob.address)).toEqual(blob.bytes);
  });

  test('refuses a backup of which anything is not what was written, or that is a newer one, and touches nothing', async () => {
    const { folder, target, restored } = await backedUp();
    const edit = (name: string, change: (text: string) => string) => (copy: string) =>
      writeFileSync(join(copy, name), change(readFileSync(join(copy, name), 'utf8')));
    const harms: readonly (readonly [RegExp, (copy: string) => void])[] = [
      [/store.pairs is missing or not what was written/, (copy) => flip(join(copy, 'store.pairs'), 100)],
      [/key is missing/, (copy) => rmSync(join(copy, 'files', 'key'))],
      [/checksums is missing or not/, edit('checksums', (text) => `${text}${'0'.repeat(64)}  files/../../elsewhere\n`)],
      [/manifest.json is missing or not/, edit('manifest.json', () => '{')],
      [/layout 9.*newer/, edit('manifest.json', (text) => text.replace('"layout": 1', '"layout": 9'))],
      [/made by a newer/, edit('manifest.json', (text) => text.replace('"format": 1', '"format": 2'))],
    ];
    for (const [at, [sentence, harm]] of harms.entries()) {
      const copy = join(folder, `copy ${at}`);
      cpSync(target, copy, { recursive: true });
      harm(copy);
      await expect(restoreFrom(copy, restored)).rejects.toThrow(sentence);
      expect(existsSync(restored)).toBe(false);
    }
  });

  test('forgets a blob that is damaged in the backup, so that it can be put again, and brings everything else', async () => {
    const { target, blob, restored } = await backedUp();
    const name = hex(blob.address);
    const kept = join(target, 'blobs', name.slice(0, 2), name);
    rmSync(kept); // a second name of the relay's own file
    writeFileSync(kept, blob.bytes.slice().fill(0, 5, 6));
    expect(await restoreFrom(target, restored)).toMatchObject({ blobsLost: 1 });
    const store = new LevelRelayStore({ location: storeFolder(restored), clock: systemClock });
    await store.open();
    expect([await store.blobs.get(blob.address), await store.blobs.used()]).toEqual([null, { bytes: 0, blobs: 0 }]);
    await store.close();
    expect(existsSync(join(restored, 'blobs', name.slice(0, 2), name))).toBe(false);
  });
});

test('a migration that is killed again and again comes to its end, and changes each record once', async () => {
  const location = join(temporaryFolder(), 'store');
  const log = logNamed('large');
  const store = new LevelRelayStore({ location, clock: systemClock });
  await store.open();
  await store.createLog(log);
  for (let n = 0; n < 8; n += 1) await store.append(Array.from({ length: 512 }, () => submit(log, random(40))));
  await proveOrder(store, log);
  await store.close();
  const before = await entriesOf(location);
  let lives = 0;
  for (let isDone = false; !isDone; lives += 1) isDone = await migrateAndDie(location, 3);
  expect(lives).toBeGreaterThan(2);
  expect(await entriesOf(location)).toEqual(before.map(([key, value]) => [key, `${value}01`]));
});

/** Runs it until the n-th batch is on the disk; true when it got to its end. */
async function migrateAndDie(location: string, batches: number): Promise<boolean> {
  const child = spawn(process.execPath, [MIGRATING, location], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [seen, isDone] = [0, false];
  createInterface({ input: child.stdout }).on('line', (line) => {
    seen += 1;
    if (line === 'done') isDone = true;
    else if (seen === batches) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return isDone;
}

async function entriesOf(location: string): Promise<(readonly [string, string])[]> {
  const disk = new LevelDisk(location);
  await disk.open();
  const all = await pairsOf(disk);
  await disk.close();
  return all.filter(([key]) => key.startsWith('65'));
}

/** Stands in the place of a relay that runs: gives half of its store, and then no more. */
async function halfARelay(data: string): Promise<{ cut(): void }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer(async (_request, response) => {
    sockets.add(response);
    response.writeHead(200);
    for await (const piece of encodePairs(oneRecord())) {
      response.write(piece.subarray(0, 20));
      return;
    }
  });
  server.listen({ path: join(data, 'admin.sock') });
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    cut: () => {
      for (const one of sockets) one.destroy();
    },
  };
}

async function* oneRecord() {
  yield { key: unhex('6101'), value: random(300) };
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

function unbase({ stdout }: { readonly stdout: string }): Bytes {
  return new Uint8Array(Buffer.from(stdout.trim().split('#')[1] ?? '', 'base64url'));
}
