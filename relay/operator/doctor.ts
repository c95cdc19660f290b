// `sotto-relay doctor`: everything a relay needs, looked at one after the other; what is wrong, and what to do. It changes nothing.
import { env, stdout } from 'node:process';
import { isSottoError } from '../../core/base/errors.ts';
import { loadConfig, type RelayConfig } from '../config.ts';
import { askRelay } from './ask.ts';
import { checkAnnounced, checkListen } from './doctor-net.ts';
import { checkCertificate, checkClock, checkDisk, checkFiles, checkFolder, checkStore } from './doctor-system.ts';
import type { Finding } from './finding.ts';
import type { RelayStatus } from './pages.ts';

/** Looks, and prints what it found. @returns 1 when something is wrong @throws BAD_INPUT when there is no folder to look at */
export async function doctor(args: readonly string[]): Promise<number> {
  const findings = await examine(args);
  const width = Math.max(...findings.map(({ what }) => what.length));
  for (const { what, state, says, todo } of findings) {
    stdout.write(`${state.padEnd(6)}${what.padEnd(width)}  ${says}\n`);
    if (todo !== undefined) stdout.write(`${' '.repeat(width + 8)}-> ${todo}\n`);
  }
  return findings.some(({ state }) => state === 'WRONG') ? 1 : 0;
}

async function examine(args: readonly string[]): Promise<Finding[]> {
  let config: RelayConfig;
  try {
    config = await loadConfig(args, env);
  } catch (error) {
    if (!isSottoError(error) || error.message.startsWith('--data')) throw error;
    return [{ what: 'settings', state: 'WRONG', says: error.message, todo: 'Correct it there; nothing else can be looked at before.' }];
  }
  const running = await runningStatus(config.data);
  const looks: (() => Promise<Finding | Finding[]>)[] = [
    () => checkFolder(config.data),
    () => checkDisk(config.data),
    async () => checkFiles(config.maxConnections),
    () => checkClock(config.data, running, Date.now()),
    () => checkStore(config.data, running),
    () => checkCertificate(config, Date.now()),
    () => checkListen(config.listen, running),
    () => checkAnnounced(config, running),
  ];
  const findings: Finding[] = [{ what: 'settings', state: 'ok', says: 'understood' }];
  for (const look of looks) findings.push(...[await look()].flat());
  return findings;
}

async function runningStatus(data: string): Promise<RelayStatus | null> {
  const text = await askRelay(data, '/status').catch(() => null);
  return text === null ? null : (JSON.parse(text) as RelayStatus);
}
