// A small store with a record of every kind, made of nothing random, and the same store as it was frozen for each layout.
import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import { hex, unhex, utf8 } from '../../core/base/bytes.ts';
import { EcPreKeySchema, PutPreKeysSchema, SignedPreKeySchema } from '../../core/wire/gen/relay_pb.ts';
import type { Disk } from '../../relay/store/disk.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import { META } from '../../relay/store/meta.ts';
import { readAll } from '../../relay/store/read.ts';
import { HandClock, logNamed, named, submit, sweepAll } from './relay-store.ts';

/** Key and value as hex. */
export type HexPair = readonly [string, string];

/** What the store was made of; a test asks for it again. */
export const FROZEN = {
  incarnation: named('incarnation').slice(0, 16),
  home: logNamed('home'),
  closed: logNamed('closed'),
  words: ['one', 'two', 'three', 'four'],
  reader: named('reader'),
  slot: utf8('a slot'),
  link: named('link'),
  address: named('directory'),
  registration: named('registration'),
  token: named('token'),
  blob: named('blob'),
  part: named('part'),
} as const;

/** The store that was frozen when this layout was the newest. */
export function frozen(layout: number): readonly HexPair[] {
  return JSON.parse(frozenFile(layout).toString('utf8')) as HexPair[];
}

/** The same as the file has it. */
export function frozenFile(layout: number): Buffer {
  return readFileSync(new URL(`../vectors/relay-store/layout-${layout}.json`, import.meta.url));
}

/** A disk with these records. */
export async function diskOf(pairs: readonly HexPair[], disk: Disk = new MemoryDisk()): Promise<Disk> {
  await disk.open();
  const batch = disk.batch();
  for (const [key, value] of pairs) batch.put(unhex(key), unhex(value));
  await batch.write();
  await disk.close();
  return disk;
}

/** Every record of a disk that is open. */
export async function pairsOf(disk: Disk): Promise<HexPair[]> {
  const pairs: HexPair[] = [];
  for await (const { key, value } of readAll(disk)) pairs.push([hex(new Uint8Array(key)), hex(new Uint8Array(value))]);
  return pairs;
}

/** What the program of today makes of the same. */
export async function madeToday(): Promise<HexPair[]> {
  const disk = await diskOf([[hex(META.incarnation), hex(FROZEN.incarnation)]]);
  const clock = new HandClock();
  const store = new LevelRelayStore({ location: '', clock, disk });
  await store.open();
  await fill(store, clock);
  const pairs = await pairsOf(disk);
  await store.close();
  return pairs;
}

async function fill(store: LevelRelayStore, clock: HandClock): Promise<void> {
  const { home, closed, reader, registration, token, address, link } = FROZEN;
  const now = clock.now();
  await store.putRegistration(registration, token, now, 5);
  await store.putRegistration(named('without a token'), new Uint8Array(0), now);
  await store.createLog(home, { registration, kind: 'logs', amount: 1, limit: 10 });
  await store.createLog(closed);
  await store.setReaders(home.id, [reader]);
  for (const word of FROZEN.words) {
    await store.append([submit(home, word)]);
    clock.wall += 1_000;
  }
  await store.ack(home.id, reader, 2);
  await sweepAll(store);
  await store.putSlot(home.id, { reader, counter: 7, value: FROZEN.slot });
  await store.putLink({
    linkHash: link,
    log: home.id,
    expires: now + 1_000_000,
    entries: 20,
    entryBytes: 1_000,
    singleUse: true,
    directory: address,
  });
  await store.append([submit(closed, 'last words')]);
  await store.closeLog(closed.id);
  await store.putManifest(address, { version: 3, sealed: utf8('sealed'), signature: new Uint8Array(64).fill(9), writer: named('writer') });
  await store.putPreKeys(address, preKeys());
  const limits = { ownBytes: 10_000, ownBlobs: 10, allBytes: 100_000 };
  for (const one of [FROZEN.blob, FROZEN.part])
    await store.blobs.reserve({ address: one, size: 9, expires: now + 5_000, registration }, limits);
  await store.blobs.keep(FROZEN.blob, now + 9_000);
}

function preKeys() {
  const signed = (id: number) => create(SignedPreKeySchema, { id, publicKey: named(`key ${id}`), signature: new Uint8Array(64).fill(id) });
  const oneTime = [1, 2].map((id) => create(EcPreKeySchema, { id, publicKey: named(`one ${id}`) }));
  const rest = {
    writer: FROZEN.address,
    device: 1,
    counter: 1n,
    signed: signed(1),
    lastResortKyber: signed(99),
    contactHash: named('contact'),
  };
  return create(PutPreKeysSchema, { ...rest, oneTime, oneTimeKyber: [signed(3)] });
}
