// Every setting of the relay once: its name, what it means, and what it is when nobody says anything.
import { parseArgs } from 'node:util';
import { SottoError } from '../core/base/errors.ts';

/** One setting as the operator sees it. */
interface Setting {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** How its value is written in the help; absent for a switch. */
  readonly value?: string;
  readonly meaning: string;
  readonly default?: string;
}

/** The settings of `sotto-relay run`. */
export const SETTINGS = {
  data: { type: 'string', value: 'DIR', meaning: 'the folder the relay keeps everything in; made if it is not there' },
  listen: {
    type: 'string',
    multiple: true,
    value: 'MULTIADDR…',
    meaning: 'where it listens; tcp/0 takes any free port',
    default: '/ip4/127.0.0.1/tcp/7460/ws',
  },
  announce: {
    type: 'string',
    multiple: true,
    value: 'MULTIADDR…',
    meaning: 'what peers dial instead, when the relay stands behind a proxy',
  },
  open: { type: 'boolean', meaning: 'anybody may register, within caps; the default where it listens on loopback only' },
  closed: { type: 'boolean', meaning: 'who registers needs a token (see sotto-relay token); the default everywhere else' },
  'clock-is-right': {
    type: 'boolean',
    meaning: 'expired entries go again: the relay stops deleting when its clock jumped, or when it was away for more than a day',
  },
  'with-parent': {
    type: 'boolean',
    meaning: 'goes down when its standard input ends, so that it does not outlive the program that started it',
  },
  json: { type: 'boolean', meaning: 'the first line of output is one JSON object with peerId and addresses' },
} as const satisfies Record<string, Setting>;

/** What a relay runs with. */
export interface RelayConfig {
  readonly data: string;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly open: boolean;
  /** The operator vouches for the wall clock as it is now (H11). */
  readonly clockIsRight: boolean;
  readonly json: boolean;
  /** Goes down when standard input ends. */
  readonly withParent: boolean;
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** The settings of `run` from its arguments. @throws BAD_INPUT */
export function runConfig(args: readonly string[]): RelayConfig {
  const values = parse(args, SETTINGS);
  if (values.open === true && values.closed === true) throw new SottoError('BAD_INPUT', '--open and --closed contradict each other.');
  const listen = list(values.listen, [SETTINGS.listen.default]);
  const announce = list(values.announce, []);
  const open = values.open === true || (values.closed !== true && announce.length === 0 && listen.every(isLoopback));
  const clockIsRight = values['clock-is-right'] === true;
  const withParent = values['with-parent'] === true;
  return { data: dataOf(values), listen, announce, open, clockIsRight, json: values.json === true, withParent };
}

/** The data folder from the arguments of `token` and `restored`. @throws BAD_INPUT */
export function dataConfig(args: readonly string[]): string {
  return dataOf(parse(args, { data: SETTINGS.data }));
}

/** True for a multiaddr that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return /^\/(ip4\/127\.\d+\.\d+\.\d+|ip6\/::1|dns[46]?\/localhost)\//.test(address);
}

/** The settings as lines of help. */
export function settingLines(settings: Readonly<Record<string, Setting>>): string {
  const lines = Object.entries(settings).map(([name, setting]) => {
    const left = `  --${name}${setting.value === undefined ? '' : ` ${setting.value}`}`;
    return `${left.padEnd(26)}${setting.meaning}${setting.default === undefined ? '' : ` (default ${setting.default})`}`;
  });
  return lines.join('\n');
}

function dataOf(values: Values): string {
  if (typeof values.data !== 'string' || values.data === '') throw new SottoError('BAD_INPUT', '--data DIR is needed.');
  return values.data;
}

function list(value: Values[string], otherwise: readonly string[]): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : otherwise;
}

function parse(args: readonly string[], settings: Readonly<Record<string, Setting>>): Values {
  const options = Object.fromEntries(
    Object.entries(settings).map(([name, { type, multiple }]) => [name, { type, multiple: multiple === true }]),
  );
  try {
    return parseArgs({ args: repeated(args, settings), options, strict: true }).values;
  } catch (cause) {
    throw new SottoError('BAD_INPUT', cause instanceof Error ? cause.message : 'The arguments are not understood.', cause);
  }
}

// `--listen A B` means `--listen A --listen B`.
function repeated(args: readonly string[], settings: Readonly<Record<string, Setting>>): string[] {
  const out: string[] = [];
  let several: string | null = null;
  for (const arg of args) {
    if (arg.startsWith('--')) several = settings[arg.slice(2)]?.multiple === true ? arg : null;
    else if (several !== null && out.at(-1) !== several) out.push(several);
    out.push(arg);
  }
  return out;
}
