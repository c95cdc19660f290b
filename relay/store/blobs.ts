// What a relay remembers of blobs: how large, how much of it is on the disk, until when, and on whose account. The bytes lie in files beside
// the store (relay/blobs). What is announced counts at once, so that half uploads fill no disk; it names registrations, never people (C7).
import { type Bytes, concat, readU64, u64be } from '../../core/base/bytes.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import { type GroupCommit, small } from './group-commit.ts';
import { keyOf, part32, under } from './keys.ts';
import { demand, part, viewOf } from './records.ts';
import type { BlobLimits, BlobRecord, BlobReserved, RelayBlobs } from './store.ts';
import type { Turn } from './turn.ts';

/** state, size, have, expires, registration. */
const RECORD_BYTES = 1 + 8 + 8 + 8 + HASH_BYTES;
const STATE = { part: 0, whole: 1 } as const;
/** Bytes and count of all blobs together lie under this in place of a registration. */
const ALL = new Uint8Array(0);
const JOB_BYTES = 256;
/** Bytes of records read at a time. */
const PAGE_BYTES = 65_536;

interface Used {
  readonly bytes: number;
  readonly blobs: number;
}

/** RelayBlobs over a disk and its one writer; the contract stands in store.ts. */
export class StoredBlobs implements RelayBlobs {
  readonly #disk: Disk;
  readonly #writer: GroupCommit;

  constructor(disk: Disk, writer: GroupCommit) {
    this.#disk = disk;
    this.#writer = writer;
  }

  reserve(blob: Omit<BlobRecord, 'whole' | 'have'>, limits: BlobLimits): Promise<BlobReserved> {
    return this.#write((turn) => reserve(turn, blob, limits));
  }

  progress(address: Bytes, have: number): Promise<void> {
    return this.#write(async (turn) => {
      const known = await read(turn, address);
      if (known !== null && !known.whole) put(turn, { ...known, have: Math.min(have, known.size) });
    });
  }

  keep(address: Bytes, expires: number): Promise<boolean> {
    return this.#write(async (turn) => {
      const known = await read(turn, address);
      if (known === null) return false;
      put(turn, { ...known, whole: true, have: known.size, expires: Math.max(known.expires, expires) });
      return true;
    });
  }

  drop(address: Bytes, expiredAt = Number.POSITIVE_INFINITY): Promise<boolean> {
    return this.#write(async (turn) => {
      const known = await read(turn, address);
      if (known === null || known.expires > expiredAt) return false;
      turn.delete(keyOf('blob', address));
      await use(turn, known.registration, -known.size, -1);
      return true;
    });
  }

  async get(address: Bytes): Promise<BlobRecord | null> {
    const record = await this.#disk.get(keyOf('blob', address));
    return record === undefined ? null : decodeBlob(address, record);
  }

  async page(from: Bytes, limit: number): Promise<readonly BlobRecord[]> {
    const found: BlobRecord[] = [];
    const range = { gte: keyOf('blob', from), lt: under('blob').lt };
    for await (const { key, value } of this.#disk.range(range, limit, PAGE_BYTES)) found.push(decodeBlob(part32(key), value));
    return found;
  }

  async used(registration: Bytes = ALL): Promise<Used> {
    return decodeUsed((await this.#disk.get(keyOf('blobUse', registration))) ?? null);
  }

  #write<T>(apply: (turn: Turn) => Promise<T>): Promise<T> {
    return this.#writer.submit(small(JOB_BYTES, apply));
  }
}

async function reserve(turn: Turn, blob: Omit<BlobRecord, 'whole' | 'have'>, limits: BlobLimits): Promise<BlobReserved> {
  const known = await read(turn, blob.address);
  if (known !== null && known.size === blob.size) {
    put(turn, { ...known, expires: Math.max(known.expires, blob.expires) });
    return { whole: known.whole, have: known.have };
  }
  // The hash of a whole one was checked: another size is a lie. A part may have been begun by the liar.
  if (known?.whole === true) return 'CONFLICT';
  if (known !== null) await use(turn, known.registration, -known.size, -1);
  const [own, all] = [await usedIn(turn, blob.registration), await usedIn(turn, ALL)];
  const isRoom = own.bytes + blob.size <= limits.ownBytes && own.blobs < limits.ownBlobs && all.bytes + blob.size <= limits.allBytes;
  if (isRoom) {
    put(turn, { ...blob, whole: false, have: 0 });
    await use(turn, blob.registration, blob.size, 1);
  } else if (known !== null) turn.delete(keyOf('blob', blob.address));
  return isRoom ? { whole: false, have: 0 } : 'QUOTA';
}

async function use(turn: Turn, registration: Bytes, bytes: number, blobs: number): Promise<void> {
  for (const who of [registration, ALL]) {
    const before = await usedIn(turn, who);
    const now = { bytes: Math.max(0, before.bytes + bytes), blobs: Math.max(0, before.blobs + blobs) };
    if (now.blobs === 0) turn.delete(keyOf('blobUse', who));
    else turn.put(keyOf('blobUse', who), concat(u64be(now.bytes), u64be(now.blobs)));
  }
}

async function usedIn(turn: Turn, registration: Bytes): Promise<Used> {
  return decodeUsed(await turn.get(keyOf('blobUse', registration)));
}

async function read(turn: Turn, address: Bytes): Promise<BlobRecord | null> {
  const record = await turn.get(keyOf('blob', address));
  return record === null ? null : decodeBlob(address, record);
}

function put(turn: Turn, { address, whole, size, have, expires, registration }: BlobRecord): void {
  const state = Uint8Array.of(whole ? STATE.whole : STATE.part);
  turn.put(keyOf('blob', address), concat(state, u64be(size), u64be(have), u64be(expires), registration));
}

/** A record of a blob. @throws STORE_DAMAGED */
export function decodeBlob(address: Bytes, bytes: Uint8Array): BlobRecord {
  demand(bytes, RECORD_BYTES, true);
  const view = viewOf(bytes);
  const [size, have, expires] = [readU64(view, 1), readU64(view, 9), readU64(view, 17)];
  return { address, whole: bytes[0] === STATE.whole, size, have, expires, registration: part(bytes, 25, RECORD_BYTES) };
}

/** @throws STORE_DAMAGED */
function decodeUsed(bytes: Uint8Array | null): Used {
  if (bytes === null) return { bytes: 0, blobs: 0 };
  demand(bytes, 16, true);
  return { bytes: readU64(viewOf(bytes), 0), blobs: readU64(viewOf(bytes), 8) };
}
