// `sotto-relay run`: starts, says where it is, waits for a signal or the end of its parent, goes in good order.
import process, { env, exit, stderr, stdin, stdout } from 'node:process';
import { type Clock, systemClock } from '../core/base/clock.ts';
import { isSottoError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import { loadConfig, type RelayConfig } from './config.ts';
import { type AdminDoor, openPort, openSocket } from './operator/admin.ts';
import { encodePairs, SNAPSHOT_PAGE } from './operator/backup-pairs.ts';
import { CertificateFiles } from './operator/certificate.ts';
import { Health } from './operator/health.ts';
import { OperatorLog } from './operator/log.ts';
import { Metrics } from './operator/metrics.ts';
import { adminPages, type PageParts } from './operator/pages.ts';
import { reload } from './operator/reload.ts';
import { modeOf, type Relay, startRelay } from './relay.ts';

/** Going down takes at most this long: the answers of what was accepted, and the store, ms. */
const GO_DEADLINE_MS = 15_000;

/** Runs a relay until a signal, or until whoever started it is gone. @throws BAD_INPUT, STORE_LOCKED, STORE_FAILED, OFFLINE when it cannot start */
export async function run(args: readonly string[]): Promise<undefined> {
  const config = await loadConfig(args, env);
  const clock = systemClock;
  const log = new OperatorLog((line) => stderr.write(line), clock, config.logLevel);
  dieOnFaults(log);
  const end = config.withParent ? Promise.race([firstSignal(), endOfInput()]) : firstSignal();
  const hangUps = hangUpQueue();
  const metrics = new Metrics();
  const health = new Health({ data: config.data, metrics, log, clock });
  const certificate = config.tls === null ? null : await openCertificate(config.tls, metrics, log, clock);
  const relay = await startRelay({ ...config, log, metrics, tls: certificate?.door ?? null, written: health.written });
  await health.start(() => relay.touch());
  let stopping = false;
  const doors = await openDoors(config, log, { relay, metrics, health, log, admission: modeOf(config), stopping: () => stopping }).catch(
    async (error) => {
      await relay.stop();
      throw error;
    },
  );
  let running = config;
  hangUps.each(async () => {
    running = await reload(running, { relay, log, certificate, load: () => loadConfig(args, env) });
  });
  announceStart(config, relay);
  await end;
  stopping = true;
  setTimeout(() => exit(1), GO_DEADLINE_MS).unref();
  certificate?.stop();
  health.stop();
  await relay.stop();
  await Promise.all(doors.map((door) => door.close()));
  return undefined;
}

async function openCertificate(
  paths: NonNullable<RelayConfig['tls']>,
  metrics: Metrics,
  log: Log,
  clock: Clock,
): Promise<CertificateFiles> {
  const certificate = await CertificateFiles.open(paths, clock, log);
  metrics.gauge('certificate_expiry_timestamp_seconds', () => certificate.ends / 1_000);
  certificate.watch();
  return certificate;
}

// A relay whose folder can hold no socket does its work all the same; a port that was asked for must be there.
async function openDoors({ data, admin }: RelayConfig, log: Log, parts: PageParts): Promise<AdminDoor[]> {
  const pages = adminPages(parts);
  const socket = await openSocket(data, pages, { [SNAPSHOT_PAGE]: () => encodePairs(parts.relay.snapshot()) }).catch(() => {
    log.warn('admin-unavailable');
    return null;
  });
  const port = admin === null ? null : await openPort(admin, pages);
  return [socket, port].filter((door) => door !== null);
}

// A fault that nobody expected: its message may hold anything, so only its code is written.
function dieOnFaults(log: Log): void {
  const die = (error: unknown) => {
    log.warn(isSottoError(error) ? `uncaught-${error.code}` : 'uncaught');
    exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const go = () => {
      signals += 1;
      if (signals > 1) exit(1);
      resolve();
    };
    process.on('SIGTERM', go);
    process.on('SIGINT', go);
  });
}

/** From the first moment on a SIGHUP ends nobody; each is worked off in its turn once the relay runs. */
function hangUpQueue(): { each(work: () => Promise<void>): void } {
  let turn: Promise<void> = Promise.resolve();
  let take: (() => Promise<void>) | null = null;
  let early = false;
  const next = () => {
    if (take === null) early = true;
    else turn = turn.then(take);
  };
  process.on('SIGHUP', next);
  return {
    each(work) {
      take = work;
      if (early) next();
    },
  };
}

/** However the program at the other end goes, also killed: the system closes its end. */
function endOfInput(): Promise<void> {
  return new Promise((resolve) => {
    stdin.once('end', resolve);
    stdin.once('error', () => resolve());
    stdin.resume();
  });
}

function announceStart(config: RelayConfig, relay: Relay): void {
  const { peerId, addresses } = relay;
  stdout.write(config.json ? `${JSON.stringify({ type: 'ready', peerId, addresses })}\n` : readable(config, addresses));
}

function readable(config: RelayConfig, addresses: readonly string[]): string {
  const door = config.open
    ? 'Open: anybody who can reach it may register, within caps for all together. --closed asks for tokens.'
    : config.allowList
      ? 'Closed: whose PeerId stands in the file allow-list of this folder may register.'
      : 'Closed: who registers needs a token; `sotto-relay token create` prints a line to hand out.';
  return `The relay is ready. It keeps what peers send in ${config.data} and cannot read it.\n${door}\n${addresses.map((address) => `  ${address}\n`).join('')}`;
}
