// Every setting of the relay once: its name, what it means, what it is when nobody says anything, and how its text is read.
// The file, the environment, the flags, the help and the file that `init` writes are all made from this table.
import { SottoError } from '../../core/base/errors.ts';
import { parseAddress } from '../../core/net/address.ts';
import { parseLimit } from '../admission/limits.ts';

/** Where a setting may be said. A word that holds for one start only is no matter of the file. */
export type Source = 'flag' | 'environment' | 'file';

/** One setting as the operator sees it. */
export interface Setting<T = unknown> {
  /** How its value is written in the help; absent for a switch, which is `yes` or `no` in the file and the environment. */
  readonly value?: string;
  readonly meaning: string;
  /** As it would be written; absent when there is none. */
  readonly default?: string;
  /** May be said several times. */
  readonly many?: true;
  /** Another run of SIGHUP takes it up; any other needs a restart. */
  readonly reloads?: true;
  readonly sources: readonly Source[];
  /** @throws BAD_INPUT saying what is wrong with the text */
  readonly read: (text: string) => T;
}

const EVERYWHERE = ['flag', 'environment', 'file'] as const;
const AT_START = ['flag'] as const;

/** The settings of `sotto-relay run`, in the order in which they are told. */
export const SETTINGS = {
  data: {
    value: 'DIR',
    meaning: 'the folder the relay keeps everything in; made if it is not there',
    sources: ['flag', 'environment'],
    read: nonEmpty,
  },
  listen: {
    many: true,
    value: 'MULTIADDR…',
    meaning:
      'where it listens: …/tcp/PORT/ws, …/tcp/PORT/tls/ws with a certificate, or …/tcp/PORT without WebSocket; port 0 is any free one',
    default: '/ip4/127.0.0.1/tcp/7460/ws',
    sources: EVERYWHERE,
    read: address,
  },
  announce: {
    many: true,
    value: 'MULTIADDR…',
    meaning: 'what peers dial instead, when the relay has a name or stands behind a proxy',
    sources: EVERYWHERE,
    read: address,
  },
  admission: {
    value: 'open|token|allow-list',
    meaning:
      'who may register: anybody, within caps, who has a token (see sotto-relay token), or whose PeerId stands in DIR/allow-list; by default open where it listens on loopback only, token everywhere else',
    sources: EVERYWHERE,
    read: oneOf('open', 'token', 'allow-list'),
  },
  'behind-proxy': {
    meaning: 'all connections come from a proxy: addresses are not counted, so the proxy must limit them',
    default: 'no',
    sources: EVERYWHERE,
    read: yesOrNo,
  },
  limit: {
    many: true,
    value: 'NAME=NUMBER…',
    meaning: 'another number for a limit; all of them, with what they bound, stand in the file that init writes',
    sources: EVERYWHERE,
    read: parseLimit,
  },
  wake: {
    value: 'yes|no',
    meaning: 'devices that are away are woken by an empty push to the service that they name',
    default: 'yes',
    sources: EVERYWHERE,
    read: yesOrNo,
  },
  'wake-private-addresses': {
    meaning:
      'such a service may be on this machine or in a private network, and be called over plain http; whoever registers can then reach both',
    default: 'no',
    sources: EVERYWHERE,
    read: yesOrNo,
  },
  'tls-certificate': {
    value: 'FILE',
    meaning: 'the certificate with its chain (PEM), for …/tls/ws; read again when the file changes. A relative name begins in DIR',
    reloads: true,
    sources: EVERYWHERE,
    read: nonEmpty,
  },
  'tls-key': {
    value: 'FILE',
    meaning: 'its private key (PEM)',
    reloads: true,
    sources: EVERYWHERE,
    read: nonEmpty,
  },
  'max-connections': {
    value: 'N',
    meaning: 'sockets at a time; each needs a file descriptor and some 45 KiB',
    default: '10000',
    reloads: true,
    sources: EVERYWHERE,
    read: whole(1, 1_000_000),
  },
  admin: {
    value: '127.0.0.1:PORT',
    meaning:
      'serves /metrics, /healthz, /readyz and /status there as well, on loopback only; without it on the socket DIR/admin.sock alone',
    sources: EVERYWHERE,
    read: loopbackPort,
  },
  'log-level': {
    value: 'info|warn|none',
    meaning: 'what is written to standard error, one JSON object a line',
    default: 'info',
    reloads: true,
    sources: EVERYWHERE,
    read: oneOf('info', 'warn', 'none'),
  },
  'clock-is-right': {
    meaning: 'expired entries go again: the relay stops deleting when its clock jumped, or when it was away for more than a day',
    default: 'no',
    sources: AT_START,
    read: yesOrNo,
  },
  'with-parent': {
    meaning: 'goes down when its standard input ends, so that it does not outlive the program that started it',
    default: 'no',
    sources: AT_START,
    read: yesOrNo,
  },
  json: {
    meaning: 'the first line of output is one JSON object with peerId and addresses',
    default: 'no',
    sources: AT_START,
    read: yesOrNo,
  },
} as const satisfies Record<string, Setting>;

/** Name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Flags that are another way to say a setting. */
export const SHORT_FLAGS: Readonly<Record<string, { readonly name: SettingName; readonly text: string; readonly meaning: string }>> = {
  open: { name: 'admission', text: 'open', meaning: 'the same as --admission open' },
  closed: { name: 'admission', text: 'token', meaning: 'the same as --admission token' },
};

type Read<S> = S extends { readonly read: (text: string) => infer T } ? T : never;
type Value<S> = S extends { readonly many: true } ? readonly Read<S>[] : S extends { readonly default: string } ? Read<S> : Read<S> | null;

/** All settings as the program uses them; null where nothing was said and there is no default. */
export type Settings = { readonly [Name in SettingName]: Value<(typeof SETTINGS)[Name]> };

/** The table, for whoever walks over it. */
export const SETTING_LIST = Object.entries(SETTINGS) as readonly (readonly [SettingName, Setting])[];

/** What `init` writes down: whatever a file may say. */
export const FILE_SETTINGS: readonly SettingName[] = SETTING_LIST.filter(([, { sources }]) => sources.includes('file')).map(
  ([name]) => name,
);

function nonEmpty(text: string): string {
  return text;
}

function address(text: string): string {
  parseAddress(text);
  return text;
}

function yesOrNo(text: string): boolean {
  return oneOf('yes', 'no')(text) === 'yes';
}

function oneOf<const Choices extends readonly string[]>(...choices: Choices): (text: string) => Choices[number] {
  return (text) => {
    if (choices.includes(text)) return text;
    throw new SottoError('BAD_INPUT', `It is one of ${choices.join(', ')}.`);
  };
}

/** A reader of whole numbers in bounds. */
function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new SottoError('BAD_INPUT', `It is a whole number from ${least} to ${most}.`);
  };
}

/** A door that tells about the relay is never one for others: only a loopback address is taken. */
function loopbackPort(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535)
    throw new SottoError('BAD_INPUT', 'It is a loopback address with a port, as 127.0.0.1:9460; nobody else may ask there.');
  return { host: host === '[::1]' ? '::1' : host, port: Number(port) };
}
