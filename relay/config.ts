// What a relay runs with: the settled settings, what follows from them, and what contradicts itself.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SottoError } from '../core/base/errors.ts';
import type { SomeLimits } from './admission/limits.ts';
import { CONFIG_FILE, environmentLayer, fileLayer, flagLayer, type Layer, settle } from './operator/layers.ts';
import { SETTINGS, type Setting, type SettingName, type Settings, SHORT_FLAGS } from './operator/settings.ts';

/** Variables as the system gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a relay runs with. */
export interface RelayConfig {
  readonly data: string;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly open: boolean;
  /** Where it is not open: by the list in the folder instead of by token. */
  readonly allowList: boolean;
  readonly behindProxy: boolean;
  readonly wake: boolean;
  readonly wakePrivate: boolean;
  readonly limits: SomeLimits;
  /** Files of the certificate, whole paths; null without one. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  readonly maxConnections: number;
  /** Where it tells about itself beside its socket. */
  readonly admin: Settings['admin'];
  readonly logLevel: Settings['log-level'];
  /** The operator vouches for the wall clock as it is now (H11). */
  readonly clockIsRight: boolean;
  readonly json: boolean;
  /** Goes down when standard input ends. */
  readonly withParent: boolean;
  /** As they were settled: SIGHUP tells from them what needs a restart. */
  readonly settings: Settings;
}

/** The settings of `run` from flags, environment and the file in the data folder. @throws BAD_INPUT, STORE_FAILED when the file cannot be read */
export async function loadConfig(args: readonly string[], environment: Environment): Promise<RelayConfig> {
  const said = [flagLayer(args), environmentLayer(environment)];
  const content = await readConfig(dataOf(said));
  return configOf([...said, fileLayer(content ?? '')]);
}

/** The same without a file. @throws BAD_INPUT */
export function runConfig(args: readonly string[], environment: Environment = {}, file = ''): RelayConfig {
  return configOf([flagLayer(args), environmentLayer(environment), fileLayer(file)]);
}

/** The data folder, for a command that takes nothing else. @throws BAD_INPUT */
export function dataConfig(args: readonly string[], environment: Environment = {}): string {
  const known = environment.SOTTO_RELAY_DATA;
  return dataOf([flagLayer(args, ['data']), environmentLayer(known === undefined ? {} : { SOTTO_RELAY_DATA: known })]);
}

/** The file of settings in a data folder, or null when there is none. @throws STORE_FAILED */
export async function readConfig(data: string): Promise<string | null> {
  try {
    return await readFile(resolve(data, CONFIG_FILE), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new SottoError('STORE_FAILED', `${CONFIG_FILE} cannot be read.`, cause);
  }
}

/** True for a multiaddr that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return /^\/(ip4\/127\.\d+\.\d+\.\d+|ip6\/::1|dns[46]?\/localhost)\//.test(address);
}

/** Settings as lines of help. */
export function settingLines(names: readonly SettingName[]): string {
  return names.flatMap((name) => [settingLine(name, SETTINGS[name]), ...shortLines(name)]).join('\n');
}

function settingLine(name: string, setting: Pick<Setting, 'value' | 'meaning' | 'default'>): string {
  const left = `  --${name}${setting.value === undefined ? '' : ` ${setting.value}`}`;
  const otherwise = setting.default === undefined || setting.value === undefined ? '' : ` (default ${setting.default})`;
  return `${left.padEnd(28)} ${setting.meaning}${otherwise}`;
}

function shortLines(name: SettingName): string[] {
  return Object.entries(SHORT_FLAGS)
    .filter(([, short]) => short.name === name)
    .map(([flag, { meaning }]) => settingLine(flag, { meaning }));
}

function dataOf(layers: readonly Layer[]): string {
  const data = settle(layers).data;
  if (data === null) throw new SottoError('BAD_INPUT', '--data DIR is needed.');
  return data;
}

function configOf(layers: readonly Layer[]): RelayConfig {
  const settings = settle(layers);
  const { listen, announce, admission } = settings;
  const data = dataOf(layers);
  const tls = tlsOf(data, settings);
  const isSecure = listen.some((address) => /\/(tls\/ws|wss)/.test(address));
  if (isSecure && tls === null) throw new SottoError('BAD_INPUT', 'To listen on /tls/ws, name tls-certificate and tls-key.');
  if (!isSecure && tls !== null) throw new SottoError('BAD_INPUT', 'There is a certificate, but no address to listen on ends in /tls/ws.');
  return {
    data,
    listen,
    announce,
    open: admission === 'open' || (admission === null && announce.length === 0 && listen.every(isLoopback)),
    allowList: admission === 'allow-list',
    behindProxy: settings['behind-proxy'],
    wake: settings.wake,
    wakePrivate: settings['wake-private-addresses'],
    limits: Object.assign({}, ...settings.limit),
    tls,
    maxConnections: settings['max-connections'],
    admin: settings.admin,
    logLevel: settings['log-level'],
    clockIsRight: settings['clock-is-right'],
    json: settings.json,
    withParent: settings['with-parent'],
    settings,
  };
}

function tlsOf(data: string, settings: Settings): RelayConfig['tls'] {
  const [certificate, key] = [settings['tls-certificate'], settings['tls-key']];
  if (certificate === null && key === null) return null;
  if (certificate === null || key === null) throw new SottoError('BAD_INPUT', 'tls-certificate and tls-key belong together.');
  return { certificate: resolve(data, certificate), key: resolve(data, key) };
}
