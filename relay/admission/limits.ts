// Every number that bounds what one registration, log, device or address may do at a relay, each with its reason; the operator may say others.
// What is counted durably is per entry lifetime: nothing is kept longer than that, so it also bounds what lies on the disk.
import { SottoError } from '../../core/base/errors.ts';
import { MAX_HANDLES } from '../../core/wire/limits.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const GIB = 1_024 * MIB;

/** One limit: its number when nobody says another, and what it bounds, with the reason. */
interface Limit {
  readonly default: number;
  readonly meaning: string;
}

/** The table. Names end in what is counted; `-per-second` is the rate beyond a burst. */
export const LIMITS = {
  'pending-handshakes': { default: 1_024, meaning: 'sockets not authenticated yet: six seconds of handshakes; the oldest goes' },
  'address-connections': { default: 256, meaning: 'sockets of one address at a time: a house, an office, a small shared address' },
  'address-pending': { default: 64, meaning: 'of them not authenticated yet: the oldest of this address goes' },
  'address-handshakes': { default: 256, meaning: 'new sockets of one address at once: all of them, after the relay was restarted' },
  'address-handshakes-per-second': { default: 8, meaning: 'and then a second: a thirtieth of what the relay can do' },
  'address-bytes': { default: 512 * MIB, meaning: 'bytes that one address appends at once: two devices with a full burst' },
  'address-bytes-per-second': { default: 8 * MIB, meaning: 'and then a second: a fast line, and a third of a slow disk' },
  'address-commands': { default: 16 * MAX_HANDLES, meaning: 'commands of one address at once: its devices come back and open their logs' },
  'address-commands-per-second': { default: 1_000, meaning: 'and then a second: five devices at their own rate' },
  'device-bytes': { default: 256 * MIB, meaning: 'bytes that one device appends at once: weeks of what was written while it was away' },
  'device-bytes-per-second': { default: 4 * MIB, meaning: 'and then a second: thousands of messages, more than anybody says' },
  'device-commands': {
    default: 3 * MAX_HANDLES,
    meaning: 'commands of one device at once: it opens and subscribes every log when it comes back',
  },
  'device-commands-per-second': { default: 200, meaning: 'and then a second: more than anybody needs' },
  'log-device-bytes': {
    default: 48 * MIB,
    meaning: 'bytes that one device appends to one log at once: three quarters of a log, so that others find room',
  },
  'log-device-bytes-per-second': {
    default: 64 * KIB,
    meaning: 'and then a second: sixty messages, and a log is not filled within minutes',
  },
  'device-wrong-tokens': { default: 10, meaning: 'wrong tokens of one device at once: a line that was cut off, a few times' },
  'address-wrong-tokens': { default: 30, meaning: 'wrong tokens of one address at once' },
  'wrong-tokens-per-hour': { default: 60, meaning: 'and then an hour, of either: a token has 160 bits, and the disk is asked for each' },
  'registration-bytes': { default: 4 * GIB, meaning: 'bytes that one registration appends in a lifetime: 130 MiB a day' },
  'registration-logs': { default: 2_000, meaning: 'logs that one registration makes in a lifetime: sixty new conversations a day' },
  'registration-blob-bytes': { default: 8 * GIB, meaning: 'bytes of blobs that one registration keeps at a time' },
  'registration-endpoints': {
    default: 60,
    meaning: 'wake endpoints that one registration sets in a lifetime: two a day, and no device has many others called',
  },
  'registration-directory-writes': {
    default: 200,
    meaning: 'manifests and sets of prekeys that one registration puts at once: a busy day with many devices',
  },
  'registration-directory-writes-per-hour': { default: 60, meaning: 'and then an hour' },
  'registration-subscriptions': {
    default: 2 * MAX_HANDLES,
    meaning: 'subscriptions of one registration at a time: a connection full of them, and the one that takes its place',
  },
  'guest-subscriptions': {
    default: 512,
    meaning: 'subscriptions of a connection without a registration: conversations that live at a contact’s relay',
  },
  'address-subscriptions': { default: 16 * MAX_HANDLES, meaning: 'subscriptions of one address at a time: some kilobytes each' },
  'open-registrations': { default: 2_000, meaning: 'open relay: new registrations at once; a village moves in within an hour' },
  'open-registrations-per-hour': { default: 3_600, meaning: 'and then an hour: a flood takes a day to do what it came for' },
  'open-logs': { default: 20_000, meaning: 'open relay: new logs at once; a busy day’s conversations of that village' },
  'open-logs-per-hour': { default: 36_000, meaning: 'and then an hour' },
  'open-directory-writes': {
    default: 20_000,
    meaning: 'open relay: manifests and sets of prekeys at once; every device once a day, with room for the first',
  },
  'open-directory-writes-per-hour': { default: 36_000, meaning: 'and then an hour' },
  'open-address-registrations': { default: 50, meaning: 'open relay: new registrations of one address at once; a class at school' },
  'open-address-registrations-per-hour': { default: 60, meaning: 'and then an hour' },
  'open-address-logs': { default: 2_000, meaning: 'open relay: new logs of one address at once; that class, each with all others' },
  'open-address-logs-per-hour': { default: 3_600, meaning: 'and then an hour' },
} as const satisfies Record<string, Limit>;

/** Name of a limit. */
export type LimitName = keyof typeof LIMITS;

/** All limits as the relay uses them. */
export type Limits = { readonly [Name in LimitName]: number };

/** Other numbers for some of them. */
export type SomeLimits = Partial<Limits>;

/** Every limit at its default, apart from those that are named. */
export function limitsWith(some: SomeLimits = {}): Limits {
  const defaults = Object.fromEntries(Object.entries(LIMITS).map(([name, limit]) => [name, limit.default]));
  return { ...defaults, ...some } as Limits;
}

/** One limit as an operator writes it, `NAME=NUMBER`. @throws BAD_INPUT, saying what is wrong */
export function parseLimit(text: string): SomeLimits {
  const [, name = '', digits = ''] = /^([a-z-]+)=(\d{1,15})$/.exec(text) ?? [];
  if (name === '') throw new SottoError('BAD_INPUT', 'A limit is written NAME=NUMBER, as registration-logs=500.');
  if (!Object.hasOwn(LIMITS, name)) throw new SottoError('BAD_INPUT', `There is no limit ${name.slice(0, 60)}.`);
  if (Number(digits) < 1) throw new SottoError('BAD_INPUT', 'A limit is 1 or more.');
  return { [name]: Number(digits) };
}
