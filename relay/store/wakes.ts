// Where devices are called when something waits for them, and for which readers. Endpoints lie here as they are needed: a push service wants its
// whole URL. A record names neither registration nor author (C7): an endpoint is known by the hash of a secret of its device.
import { type Bytes, concat, readU64, text, u64be, utf8 } from '../../core/base/bytes.ts';
import { HASH_BYTES, MAX_WAKES } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import { type GroupCommit, type Job, small } from './group-commit.ts';
import { after, type KeyRange, keyOf, part32, textOf, under } from './keys.ts';
import { demand, part, viewOf } from './records.ts';
import type { Dues, RelayWakes, StoredEndpoint, StoredWake } from './store.ts';
import { chargeIn } from './usage.ts';

/** kind, expires; the URL follows. */
const HEADER_BYTES = 1 + 8;
/** An endpoint that is set again with the same URL is written again only when its life grows by this much, ms. */
const RENEW_MS = 3_600_000;
/** Records looked at together while forgetting, and their bytes. */
const PAGE = 256;
const PAGE_BYTES = 262_144;
const JOB_BYTES = 256;

/** RelayWakes over a disk and its one writer; the contract stands in store.ts. */
export class StoredWakes implements RelayWakes {
  readonly #disk: Disk;
  readonly #writer: GroupCommit;
  readonly #lifetimeMs: number;

  /** @param lifetimeMs in which what a registration used of its allowance is forgotten */
  constructor(disk: Disk, writer: GroupCommit, lifetimeMs: number) {
    this.#disk = disk;
    this.#writer = writer;
    this.#lifetimeMs = lifetimeMs;
  }

  putEndpoint(id: Bytes, endpoint: StoredEndpoint, dues: Dues): Promise<number> {
    return this.#writer.submit(putEndpoint(id, endpoint, dues, this.#lifetimeMs));
  }

  async endpoint(id: Bytes): Promise<StoredEndpoint | null> {
    const record = await this.#disk.get(keyOf('endpoint', id));
    return record === undefined ? null : decodeEndpoint(record);
  }

  dropEndpoint(id: Bytes): Promise<void> {
    return this.#writer.submit(small(JOB_BYTES, async (turn) => turn.delete(keyOf('endpoint', id))));
  }

  put(log: Bytes, reader: Bytes, endpoint: Bytes | null): Promise<true | 'NOT_FOUND' | 'QUOTA'> {
    return this.#writer.submit(putWake(log, reader, endpoint));
  }

  async of(log: Bytes, reader?: Bytes): Promise<readonly StoredWake[]> {
    const wakes: StoredWake[] = [];
    const range = reader === undefined ? under('wake', log) : under('wake', log, reader);
    for await (const { key, value } of this.#disk.range(range, MAX_WAKES, PAGE_BYTES))
      wakes.push({ reader: part32(key), endpoint: part(value, 0, HASH_BYTES) });
    return wakes;
  }

  async eachLog(found: (log: Bytes) => void): Promise<void> {
    for await (const { key } of this.#disk.range(under('wake'), Number.MAX_SAFE_INTEGER, PAGE_BYTES))
      found(new Uint8Array(key.subarray(1, 1 + HASH_BYTES)));
  }

  async forget(now: number): Promise<void> {
    await this.#pages(under('endpoint'), ({ value }) => decodeEndpoint(value).expires <= now, endpointEnds(now));
    await this.#pages(under('wake'), () => true, wakeEnds);
  }

  /** Pages of a range: those that may go are looked at again inside the turn, which alone decides. */
  async #pages(range: KeyRange, mayGo: (pair: Pair) => boolean, ends: (pair: Pair, values: Values) => boolean): Promise<void> {
    for (let from: Bytes | null = range.gte; from !== null; ) {
      const pairs: Pair[] = [];
      for await (const { key, value } of this.#disk.range({ gte: from, lt: range.lt }, PAGE, PAGE_BYTES))
        pairs.push({ key: new Uint8Array(key), value: new Uint8Array(value) });
      const last = pairs.at(-1);
      from = pairs.length < PAGE || last === undefined ? null : after(last.key);
      const some = pairs.filter(mayGo);
      if (some.length > 0) await this.#writer.submit(forgetSome(some, ends));
    }
  }
}

interface Pair {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** What stands now under a pair's own key, and under the endpoint that its value begins with. */
interface Values {
  readonly own: Uint8Array;
  readonly endpoint: Uint8Array | null;
}

const endpointEnds =
  (now: number) =>
  (_: Pair, { own }: Values) =>
    decodeEndpoint(own).expires <= now;
const wakeEnds = (_: Pair, { endpoint }: Values) => endpoint === null;

function forgetSome(some: readonly Pair[], ends: (pair: Pair, values: Values) => boolean): Job<void> {
  return small(some.length * JOB_BYTES, async (turn) => {
    const owns = await turn.getMany(some.map(({ key }) => key));
    const endpoints = await turn.getMany(owns.map((own) => keyOf('endpoint', (own ?? new Uint8Array(0)).subarray(0, HASH_BYTES))));
    for (const [at, pair] of some.entries()) {
      const own = owns[at] ?? null;
      if (own !== null && ends(pair, { own, endpoint: endpoints[at] ?? null })) turn.delete(pair.key);
    }
  });
}

/** The same URL lives on for nothing; another one costs what a new one does. */
function putEndpoint(id: Bytes, { kind, url, expires }: StoredEndpoint, dues: Dues, lifetimeMs: number): Job<number> {
  return small(JOB_BYTES + url.length, async (turn) => {
    const key = keyOf('endpoint', id);
    const record = await turn.get(key);
    const known = record === null ? null : decodeEndpoint(record);
    const isSame = known?.kind === kind && known.url === url;
    if (isSame && expires - known.expires < RENEW_MS) return 0;
    const wait = isSame ? 0 : await chargeIn(turn, dues, lifetimeMs);
    if (wait === 0) turn.put(key, concat(Uint8Array.of(kind), u64be(expires), utf8(url)));
    return wait;
  });
}

function putWake(log: Bytes, reader: Bytes, endpoint: Bytes | null): Job<true | 'NOT_FOUND' | 'QUOTA'> {
  return small(JOB_BYTES, async (turn) => {
    const key = keyOf('wake', log, reader);
    const known = await turn.get(key);
    if (endpoint === null) {
      if (known !== null) turn.delete(key);
      return true;
    }
    if ((await turn.get(keyOf('endpoint', endpoint))) === null) return 'NOT_FOUND';
    if (known !== null && textOf(known) === textOf(endpoint)) return true;
    if (known === null && (await turn.range(under('wake', log), MAX_WAKES)).length >= MAX_WAKES) return 'QUOTA';
    turn.put(key, endpoint);
    return true;
  });
}

/** @throws STORE_DAMAGED */
function decodeEndpoint(record: Uint8Array): StoredEndpoint {
  demand(record, HEADER_BYTES, false);
  return {
    kind: record[0] ?? 0,
    expires: readU64(viewOf(record), 1),
    url: text(part(record, HEADER_BYTES, record.length)),
  };
}
