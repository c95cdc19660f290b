// An operator's days with a relay: set up, start, look, renew a certificate, be told what is wrong. Real processes, real sockets, loopback.
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { FRAME } from '../../core/wire/frame.ts';
import type { StatusReport } from '../../relay/operator/status.ts';
import { type TestCertificate, testCertificate } from '../support/certificate.ts';
import { canCutPower, type DiskFault, setDiskFault, spawnWithPower } from '../support/power.ts';
import { temporaryData } from '../support/relay-parts.ts';
import { testLog } from '../support/relay-peer.ts';
import { connectDevice, launched, RELAY, type RelayProcess, relayOf, sottoRelay, sottoRelayWith } from '../support/relay-process.ts';
import { bySize } from '../support/size.ts';

const WS = '/ip4/127.0.0.1/tcp/0/ws';
const TCP = '/ip4/127.0.0.1/tcp/0';
const WSS = '/ip4/127.0.0.1/tcp/0/tls/ws';

async function statusOf(data: string): Promise<StatusReport & { readonly running: true }> {
  const { stdout } = await sottoRelay('status', '--json', '--data', data);
  return JSON.parse(stdout) as StatusReport & { readonly running: true };
}

/** A page of the operator's socket, or of a port. */
function page(at: { socketPath: string } | { host: string; port: number }, path: string, headers = {}, method = 'GET'): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...at, path, headers, method }, (response) => {
      const pieces: string[] = [];
      response.on('data', (piece) => pieces.push(String(piece)));
      response.on('end', () => resolve(`${response.statusCode} ${pieces.join('')}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function served(address: string): Promise<void> {
  const { peer } = await connectDevice(address);
  await peer.greet();
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
}

function events(relay: RelayProcess): string[] {
  return [...relay.output().matchAll(/"event":"([^"]+)"/g)].map(([, event]) => event ?? '');
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('init, run, status, doctor: from an empty folder to a relay on WebSocket and TCP that serves both and says how it is', async () => {
  const data = join(await temporaryData(), 'relay');
  const made = await sottoRelay('init', '--data', data, '--listen', WS, TCP);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  for (const name of ['relay.conf', 'key']) expect((await stat(join(data, name))).mode & 0o777, name).toBe(0o600);
  const conf = await readFile(join(data, 'relay.conf'), 'utf8');
  expect(await sottoRelay('init', '--data', data)).toMatchObject({ code: 1 });
  expect(await readFile(join(data, 'relay.conf'), 'utf8')).toBe(conf);
  expect(await sottoRelay('status', '--data', data)).toMatchObject({ code: 1, stderr: expect.stringContaining('has not run yet') });

  const relay = await launched(data);
  expect(relay.addresses.map((address) => address.replace(/\d+(?=\/(ws|p2p))/, 'N').split('/p2p/')[0])).toEqual([
    '/ip4/127.0.0.1/tcp/N/ws',
    '/ip4/127.0.0.1/tcp/N',
  ]);
  for (const address of relay.addresses) await served(address);
  const { peer } = await connectDevice(relay.address);
  await peer.greet();
  const log = testLog();
  await peer.createLog(log);
  await peer.append(await peer.open(log), random(600), random(600));
  expect(await statusOf(data)).toMatchObject({
    running: true,
    ready: true,
    peerId: relay.peerId,
    addresses: relay.addresses,
    connections: 3,
    appends: 2,
    storeWritable: true,
  });
  expect(await sottoRelay('status', '--data', data)).toMatchObject({ code: 0, stdout: expect.stringContaining('The relay is running.') });
  const metrics = await sottoRelay('export-metrics', '--data', data);
  expect(metrics.stdout).toContain('\nsotto_relay_append_bytes_total 1200\n');
  expect(metrics.stdout).toMatch(/\nsotto_relay_fsync_seconds_count [1-9]/);
  const looked = await sottoRelay('doctor', '--data', data);
  expect(looked.stdout.match(/leads to this relay/g)).toHaveLength(2);
  expect(looked.stdout).not.toContain('WRONG');
  expect(looked.code).toBe(0);

  expect(await relay.end('SIGTERM')).toBe(0);
  const gone = await sottoRelay('status', '--data', data);
  expect(gone).toMatchObject({ code: 1, stdout: expect.stringMatching(/^The relay is not running\.\nStore: +\d/) });
  expect(await sottoRelay('export-metrics', '--data', data)).toMatchObject({ code: 1 });
});

test('what the operator asks is answered to them alone: on a socket of theirs, on a loopback port, to GET, and by no other name', async () => {
  const data = await temporaryData();
  const port = await freePort();
  const relay = await launched(data, '--listen', WS, '--admin', `127.0.0.1:${port}`);
  const socketPath = join(data, 'admin.sock');
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  for (const at of [{ socketPath }, { host: '127.0.0.1', port }]) {
    expect(await page(at, '/healthz')).toBe('200 alive\n');
    expect(await page(at, '/readyz')).toBe('200 ready\n');
    expect(await page(at, '/metrics')).toContain('sotto_relay_uptime_seconds');
    expect(await page(at, '/nothing')).toMatch(/^404/);
    expect(await page(at, '/metrics', {}, 'POST')).toMatch(/^405/);
  }
  expect(await page({ host: '127.0.0.1', port }, '/metrics', { host: 'evil.example' })).toBe('403 ');
  const words = await page({ socketPath }, '/metrics');
  for (const secret of [relay.peerId, '127.0.0.1']) expect(words).not.toContain(secret);
  for (const at of ['0.0.0.0:9460', '192.168.0.1:9460']) {
    const refused = await sottoRelay('run', '--data', data, '--admin', at);
    expect(refused, at).toMatchObject({ code: 2, stderr: expect.stringContaining('loopback') });
  }
});

test('a certificate is renewed by SIGHUP and by a change of its files; connections stay, a wrong one changes nothing, and the doctor tells', async () => {
  const data = await temporaryData();
  const put = async ({ cert, key }: TestCertificate) => {
    for (const [name, text] of [
      ['key.pem', key],
      ['cert.pem', cert],
    ] as const) {
      await writeFile(join(data, `${name}.new`), text, { mode: 0o600 });
      await rename(join(data, `${name}.new`), join(data, name));
    }
  };
  const [first, second, third] = [testCertificate('first'), testCertificate('second', 5), testCertificate('third')];
  await put(first);
  setDefaultCACertificates([...getCACertificates('default'), first.cert, second.cert, third.cert]);
  await sottoRelay('init', '--data', data, '--listen', WSS, '--tls-certificate', 'cert.pem', '--tls-key', 'key.pem');
  const relay = await launched(data);
  expect(relay.address).toMatch(/\/tcp\/\d+\/tls\/ws\/p2p\//);
  const port = Number(/tcp\/(\d+)/.exec(relay.address)?.[1]);
  expect(await shownAt(port)).toBe('first');
  const early = await connectDevice(relay.address);
  await early.peer.greet();

  await put(second);
  process.kill(relay.pid, 'SIGHUP');
  await expect.poll(() => shownAt(port)).toBe('second');
  const days = (await statusOf(data)).certificateEnds - Date.now();
  expect(Math.round(days / 86_400_000)).toBe(5);
  await served(relay.address);

  await writeFile(join(data, 'cert.pem'), first.cert);
  process.kill(relay.pid, 'SIGHUP');
  await expect.poll(() => events(relay)).toContain('certificate-wrong');
  expect(await shownAt(port)).toBe('second');
  const wrong = await sottoRelay('doctor', '--data', data);
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/WRONG +certificate .*cannot be used together|WRONG/) });

  await put(third);
  await expect.poll(() => shownAt(port), { timeout: 25_000, interval: 250 }).toBe('third');
  expect((await early.peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
  const trusted = join(data, 'trusted.pem');
  await writeFile(trusted, third.cert);
  expect(await sottoRelayWith({ NODE_EXTRA_CA_CERTS: trusted }, 'doctor', '--data', data)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('leads to this relay'),
  });
  const untrusted = await sottoRelay('doctor', '--data', data);
  expect(untrusted).toMatchObject({ code: 1, stdout: expect.stringContaining('TLS fails (DEPTH_ZERO_SELF_SIGNED_CERT)') });
  expect(await relay.end('SIGTERM')).toBe(0);
});

/** Name of the certificate that is shown there. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('SIGHUP takes up what it can, says what needs a restart, and leaves everything when the file is wrong', async () => {
  const data = await temporaryData();
  const conf = join(data, 'relay.conf');
  await writeFile(conf, `listen = ${WS}\nmax-connections = 1\n`);
  const relay = await launched(data);
  const first = await connectDevice(relay.address);
  await first.peer.greet();
  await expect(connectDevice(relay.address)).rejects.toThrow();

  await writeFile(conf, `listen = ${WS}\nmax-connections = 50\nlog-level = loud\n`);
  process.kill(relay.pid, 'SIGHUP');
  await expect.poll(() => events(relay)).toContain('settings-wrong');
  await expect(connectDevice(relay.address)).rejects.toThrow();
  const looked = await sottoRelay('doctor', '--data', data);
  expect(looked).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/WRONG +settings {2}relay\.conf, line 3: .*one of info, warn, none/),
  });

  await writeFile(conf, `listen = ${WS}\nlisten = ${TCP}\nmax-connections = 50\nlog-level = warn\n`);
  process.kill(relay.pid, 'SIGHUP');
  await expect.poll(() => relay.output()).toMatch(/"event":"restart-needed","listen":true}/);
  await served(relay.address);
  expect((await first.peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
  expect(await relay.end('SIGTERM')).toBe(0);
  expect(events(relay)).not.toContain('stopped');
});

test('the doctor says what is wrong and what to do: a port in use, a folder that others may read, an address that leads nowhere, an old certificate', async () => {
  const data = join(await temporaryData(), 'relay');
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  );
  const old = testCertificate('old', -1);
  await sottoRelay(
    'init',
    '--data',
    data,
    '--listen',
    `/ip4/127.0.0.1/tcp/${port}/tls/ws`,
    '--tls-certificate',
    'c.pem',
    '--tls-key',
    'k.pem',
  );
  await writeFile(join(data, 'c.pem'), old.cert);
  await writeFile(join(data, 'k.pem'), old.key);
  await chmod(data, 0o755);
  const { code, stdout } = await sottoRelay('doctor', '--data', data);
  expect(code).toBe(1);
  for (const finding of [
    /WRONG +port \d+ .*EADDRINUSE/,
    /-> Another program listens there/,
    /WRONG +folder .*others may/,
    /-> chmod/,
    /WRONG +certificate +it has expired/,
  ])
    expect(stdout).toMatch(finding);
  taken.close();
  await chmod(data, 0o700);

  const nowhere = await launched(join(data, 'other'), '--listen', WS, '--announce', `/ip4/127.0.0.1/tcp/${await freePort()}/ws`);
  const lost = await sottoRelay('doctor', '--data', join(data, 'other'));
  expect(lost).toMatchObject({ code: 1, stdout: expect.stringMatching(/WRONG +address .*cannot be reached from here/) });
  await nowhere.end('SIGTERM');
});

/** Each waits for the relay to look again, some seconds. */
const FAULTS = bySize<readonly DiskFault[]>({
  usual: ['full'],
  full: ['full', 'read-only', 'broken-sync'],
  slow: ['full', 'read-only', 'broken-sync'],
});

describe.runIf(canCutPower())('a disk that', () => {
  async function onDisk(): Promise<{ relay: RelayProcess; data: string; append: () => Promise<number> }> {
    const data = join(await temporaryData(), 'disk');
    const args = [...RELAY, 'run', '--data', data, '--json', '--listen', WS];
    const relay = await relayOf(spawnWithPower(process.execPath, args, data, { stdio: ['ignore', 'pipe', 'pipe'] }).process);
    const { peer } = await connectDevice(relay.address);
    await peer.greet();
    const log = testLog();
    await peer.createLog(log);
    // A handle for each: after a refusal one goes on only with what was refused.
    return { relay, data, append: async () => (await peer.append(await peer.open(log), random(5_000))).stamps.length };
  }

  test.each(FAULTS)('is "%s": refused, said in log, metrics, /readyz and status, and well again by itself', async (fault) => {
    const { relay, data, append } = await onDisk();
    expect(await append()).toBe(1);
    setDiskFault(data, fault, true);
    await expect.poll(append, { interval: 20 }).toBe(0);
    expect(await statusOf(data)).toMatchObject({ running: true, ready: false, storeWritable: false });
    expect(await page({ socketPath: join(data, 'admin.sock') }, '/readyz')).toBe('503 the disk takes no writes\n');
    const { stdout } = await sottoRelay('export-metrics', '--data', data);
    expect(stdout).toMatch(/\nsotto_relay_store_writable 0\n/);
    expect(stdout).toMatch(/\nsotto_relay_store_faults_total [1-9]/);
    expect(stdout).toMatch(/refusals_total\{code="STORE"\} [1-9]/);
    expect(events(relay)).toContain('store-failing');
    expect(await sottoRelay('doctor', '--data', data)).toMatchObject({ code: 1, stdout: expect.stringMatching(/WRONG +store/) });
    setDiskFault(data, fault, false);
    // Nobody tries to write: the relay looks by itself.
    await expect.poll(async () => (await statusOf(data)).ready, { timeout: 40_000, interval: 500 }).toBe(true);
    expect(events(relay)).toContain('store-recovered');
    expect(await append()).toBe(1);
    expect(await relay.end('SIGTERM')).toBe(0);
  });

  test('takes 100 ms for an fsync: everything is kept and answered, and the metrics say why it is slow', async () => {
    const { relay, data, append } = await onDisk();
    setDiskFault(data, 'slow-sync', true);
    const start = performance.now();
    expect((await Promise.all(Array.from({ length: 100 }, append))).every((stamps) => stamps === 1)).toBe(true);
    expect(performance.now() - start).toBeLessThan(5_000);
    const { stdout } = await sottoRelay('export-metrics', '--data', data);
    const at = (edge: string) => Number(new RegExp(`fsync_seconds_bucket\\{le="${edge}"} (\\d+)`).exec(stdout)?.[1]);
    expect(at('\\+Inf') - at('0.05')).toBeGreaterThan(0);
    expect((await statusOf(data)).ready).toBe(true);
    expect(await relay.end('SIGTERM')).toBe(0);
  });
});

test('a store whose files are damaged is refused with a sentence, by run and by the doctor', async () => {
  const data = await temporaryData();
  const relay = await launched(data, '--listen', WS);
  await relay.end('SIGTERM');
  await writeFile(join(data, 'store', 'CURRENT'), 'nothing that LevelDB wrote');
  const run = await sottoRelay('run', '--data', data, '--listen', WS);
  expect(run.code).toBe(1);
  expect(run.stderr).toBe('sotto-relay: The store is damaged; bring the folder back from a backup.\n');
  expect(await sottoRelay('doctor', '--data', data)).toMatchObject({ code: 1, stdout: expect.stringMatching(/WRONG +store/) });
});
