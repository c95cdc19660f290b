// Knows without the disk that an id was never stored: Bloom filters over (log, id). It may say "perhaps" wrongly, never "no" wrongly;
// until every id on disk has been read into it, it always says "perhaps".
import { randomInt } from 'node:crypto';
import type { Disk } from './disk.ts';
import { ID_KEY_BYTES, under } from './keys.ts';

/** Ids of one filter, and its bits: 16 an id make one wrong "perhaps" in some 1,500. 2 MiB each. */
const FILTER_IDS = 1_048_576;
const FILTER_WORDS = (FILTER_IDS * 16) / 32;
const BIT_MASK = FILTER_WORDS * 32 - 1;
const PROBES = 6;
/** 128 MiB. A store with more ids than 64 million asks the disk instead. */
const MAX_FILTERS = 64;
/** Bytes of ids read at a time while filling. */
const PAGE_BYTES = 262_144;

/** A Bloom filter over the ids that are remembered: answers "surely new" without a look at the disk. */
export class IdFilter {
  #filters: Uint32Array[] = [];
  /** Ids in the newest filter. */
  #count = FILTER_IDS;
  #whole = false;
  #run = 0;
  /** Keeps an author from choosing envelopes whose ids collide here. */
  readonly #salt = randomInt(0x7fff_ffff);

  /** Reads every id on disk, in the background of whatever else goes on; true when it got through. */
  async fill(disk: Disk): Promise<boolean> {
    const run = this.#begin();
    for await (const { key } of disk.range(under('id'), Number.MAX_SAFE_INTEGER, PAGE_BYTES)) {
      if (this.#run !== run) return false;
      this.add(viewOver(key), 0);
    }
    if (this.#run === run) this.#whole = this.#filters.length <= MAX_FILTERS;
    return this.#whole;
  }

  /** Forgets everything; what was begun to be read in ends. */
  stop(): void {
    this.#begin();
  }

  /** False only when the id at `at` of these id keys was never stored. */
  perhaps(keys: DataView, at: number): boolean {
    if (!this.#whole) return true;
    const [start, step] = [this.#start(keys, at), stepOf(keys, at)];
    return this.#filters.some((filter) => hasAll(filter, start, step));
  }

  /** Remembers an id that is about to be stored. */
  add(keys: DataView, at: number): void {
    if (this.#count >= FILTER_IDS) this.#grow();
    const filter = this.#filters[this.#filters.length - 1];
    if (filter === undefined || this.#filters.length > MAX_FILTERS) return;
    const [start, step] = [this.#start(keys, at), stepOf(keys, at)];
    this.#count++;
    for (let probe = 0, bit = start; probe < PROBES; probe++, bit += step) {
      const place = bit & BIT_MASK;
      filter[place >>> 5] = (filter[place >>> 5] ?? 0) | (1 << (place & 31));
    }
  }

  #begin(): number {
    this.#whole = false;
    this.#filters = [];
    this.#count = FILTER_IDS;
    this.#run++;
    return this.#run;
  }

  #grow(): void {
    this.#count = 0;
    if (this.#filters.length > MAX_FILTERS) return;
    this.#filters.push(new Uint32Array(this.#filters.length === MAX_FILTERS ? 0 : FILTER_WORDS));
    if (this.#filters.length > MAX_FILTERS) this.#whole = false;
  }

  /** Ids and log ids are hashes: their own words serve as the filter's hash. */
  #start(keys: DataView, at: number): number {
    return keys.getUint32(at + 33) ^ keys.getUint32(at + 1) ^ this.#salt;
  }
}

function stepOf(keys: DataView, at: number): number {
  return (keys.getUint32(at + 37) ^ keys.getUint32(at + 5)) | 1;
}

function hasAll(filter: Uint32Array, start: number, step: number): boolean {
  for (let probe = 0, bit = start; probe < PROBES; probe++, bit += step) {
    const place = bit & BIT_MASK;
    if (((filter[place >>> 5] ?? 0) & (1 << (place & 31))) === 0) return false;
  }
  return true;
}

function viewOver(key: Uint8Array): DataView {
  return new DataView(key.buffer, key.byteOffset, ID_KEY_BYTES);
}
