// The public half of prekeys. A one-time key leaves the pool in the same batch that answers with it, so nobody ever gets it twice.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, equal, owned, safeNumber, u32be } from '../../core/base/bytes.ts';
import {
  EcPreKeySchema,
  type PreKeyBundle,
  PreKeyBundleSchema,
  type PutPreKeys,
  PutPreKeysSchema,
  SignedPreKeySchema,
} from '../../core/wire/gen/relay_pb.ts';
import { CONTACT_RESERVE_PREKEYS, LINK_BUNDLES_PER_DAY, MAX_DEVICES, MAX_ONE_TIME_PREKEYS } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import { type Job, small } from './group-commit.ts';
import { type KeyRange, keyOf, POOL, under } from './keys.ts';
import { decodeLink, encodeLink } from './link-record.ts';
import { demand, viewOf } from './records.ts';
import type { Turn } from './turn.ts';

/** A day of a link's fetches, ms. */
const DAY_MS = 86_400_000;
const COUNTS_BYTES = 8;

/** One device: how many one-time keys lie in its pools, and everything else it put. */
interface Device {
  readonly key: Bytes;
  readonly id: number;
  readonly keys: PutPreKeys;
  ec: number;
  kyber: number;
}

/** What a fetch answers; see RelayStore.takePreKeys. */
export type TakenPreKeys = readonly PreKeyBundle[] | 'NOT_FOUND' | 'CAPABILITY' | 'RATE';

/** Takes a device's upload; false when its counter does not rise (a repeat changes nothing). */
export function putPreKeys(address: Bytes, keys: PutPreKeys): Job<boolean> {
  return small(toBinary(PutPreKeysSchema, keys).length + 512, async (turn) => {
    const there = await device(turn, address, keys.device);
    if (there !== null && there.keys.counter >= keys.counter) return false;
    const [ecPool, kyberPool] = [poolOf(address, keys.device, POOL.ec), poolOf(address, keys.device, POOL.kyber)];
    if (keys.replace)
      for (const pool of [ecPool, kyberPool]) for (const { key } of await turn.range(pool, MAX_ONE_TIME_PREKEYS)) turn.delete(key);
    const [ec, kyber] = there === null || keys.replace ? [0, 0] : [there.ec, there.kyber];
    const ecKeys = keys.oneTime.map((one) => [one.id, toBinary(EcPreKeySchema, one)] as const);
    const kyberKeys = keys.oneTimeKyber.map((one) => [one.id, toBinary(SignedPreKeySchema, one)] as const);
    const rest = { ...keys, oneTime: [], oneTimeKyber: [], replace: false };
    write(turn, {
      key: keyOf('preKeys', address, Uint8Array.of(keys.device)),
      id: keys.device,
      keys: rest,
      ec: await fill(turn, ecPool.gte, ec, ecKeys),
      kyber: await fill(turn, kyberPool.gte, kyber, kyberKeys),
    });
    return true;
  });
}

/** Hands out bundles, each one-time key once; `contact` and `link` are capability hashes, 32 bytes. */
export function takePreKeys(address: Bytes, id: number, contact: Bytes | null, link: Bytes | null): Job<TakenPreKeys> {
  return small(2_048 * MAX_DEVICES, async (turn) => {
    const devices = await devicesOf(turn, address, id);
    if (contact === null && link === null) return 'CAPABILITY';
    if (contact === null && link !== null) {
      const refusal = await countFetch(turn, address, link, devices.length > 0);
      if (refusal !== null) return refusal;
    }
    if (devices.length === 0) return 'NOT_FOUND';
    const allowed = contact === null ? devices : devices.filter(({ keys }) => equal(keys.contactHash, contact));
    if (allowed.length === 0) return 'CAPABILITY';
    const bundles: PreKeyBundle[] = [];
    for (const one of allowed) bundles.push(await bundleOf(turn, address, one, contact === null ? CONTACT_RESERVE_PREKEYS : 0));
    return bundles;
  });
}

/** How many one-time keys a device has left, and the counter of its last upload. @throws STORE_FAILED */
export async function countPreKeys(
  disk: Disk,
  address: Bytes,
  id: number,
): Promise<{ oneTime: number; oneTimeKyber: number; counter: number }> {
  const key = keyOf('preKeys', address, Uint8Array.of(id));
  const record = await disk.get(key);
  if (record === undefined) return { oneTime: 0, oneTimeKyber: 0, counter: 0 };
  const { ec, kyber, keys } = decode(key, record);
  return { oneTime: ec, oneTimeKyber: kyber, counter: safeNumber(keys.counter) };
}

async function device(turn: Turn, address: Bytes, id: number): Promise<Device | null> {
  const key = keyOf('preKeys', address, Uint8Array.of(id));
  const record = await turn.get(key);
  return record === null ? null : decode(key, record);
}

async function devicesOf(turn: Turn, address: Bytes, id: number): Promise<Device[]> {
  if (id !== 0) return [await device(turn, address, id)].filter((one) => one !== null);
  return (await turn.range(under('preKeys', address), 128)).map(({ key, value }) => decode(owned(key), value));
}

function decode(key: Bytes, record: Uint8Array): Device {
  demand(record, COUNTS_BYTES, false);
  const keys = fromBinary(PutPreKeysSchema, record.subarray(COUNTS_BYTES));
  return { key, id: keys.device, keys, ec: viewOf(record).getUint32(0), kyber: viewOf(record).getUint32(4) };
}

function write(turn: Turn, one: Device): void {
  turn.put(one.key, concat(u32be(one.ec), u32be(one.kyber), toBinary(PutPreKeysSchema, one.keys)));
}

function poolOf(address: Bytes, id: number, pool: number): KeyRange {
  return under('oneTime', address, Uint8Array.of(id, pool));
}

/** Adds keys to a pool up to its bound; the answer is how many lie in it then. An id that lies there already is replaced. */
async function fill(turn: Turn, prefix: Bytes, count: number, keys: readonly (readonly [number, Bytes])[]): Promise<number> {
  let inPool = count;
  for (const [id, value] of keys) {
    const key = concat(prefix, u32be(id));
    if ((await turn.get(key)) === null) {
      if (inPool >= MAX_ONE_TIME_PREKEYS) continue;
      inPool++;
    }
    turn.put(key, value);
  }
  return inPool;
}

async function bundleOf(turn: Turn, address: Bytes, one: Device, reserve: number): Promise<PreKeyBundle> {
  const ec = one.ec > reserve ? await takeFirst(turn, poolOf(address, one.id, POOL.ec)) : null;
  const kyber = one.kyber > reserve ? await takeFirst(turn, poolOf(address, one.id, POOL.kyber)) : null;
  if (ec !== null) one.ec--;
  if (kyber !== null) one.kyber--;
  if (ec !== null || kyber !== null) write(turn, one);
  const lastResort = one.keys.lastResortKyber;
  const bundle = create(PreKeyBundleSchema, { device: one.id, lastResort: kyber === null });
  if (one.keys.signed !== undefined) bundle.signed = one.keys.signed;
  if (kyber !== null) bundle.kyber = fromBinary(SignedPreKeySchema, kyber);
  else if (lastResort !== undefined) bundle.kyber = lastResort;
  if (ec !== null) bundle.oneTime = fromBinary(EcPreKeySchema, ec);
  return bundle;
}

async function takeFirst(turn: Turn, pool: KeyRange): Promise<Uint8Array | null> {
  const [first] = await turn.range(pool, 1);
  if (first === undefined) return null;
  turn.delete(first.key);
  return first.value;
}

/** Counts a stranger's fetch against the link's day; the refusal, or null. */
async function countFetch(
  turn: Turn,
  address: Bytes,
  linkHash: Bytes,
  found: boolean,
): Promise<'NOT_FOUND' | 'CAPABILITY' | 'RATE' | null> {
  const record = await turn.get(keyOf('link', linkHash));
  if (record === null) return 'NOT_FOUND';
  const link = decodeLink(linkHash, record);
  if (link.expires <= turn.now || !equal(link.directory, address)) return 'CAPABILITY';
  if (!found) return null;
  const [day, taken] = turn.now - link.day >= DAY_MS || turn.now < link.day ? [turn.now, 0] : [link.day, link.taken];
  if (taken >= LINK_BUNDLES_PER_DAY) return 'RATE';
  turn.put(keyOf('link', linkHash), encodeLink({ ...link, day, taken: taken + 1 }));
  return null;
}
