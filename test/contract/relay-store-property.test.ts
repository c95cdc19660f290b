// Random histories against a slow, obvious model that never forgets anything and knows the rules only as the contract words them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, hex, utf8 } from '../../core/base/bytes.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import type { AppendRefusal, LogSpec, RelayStore } from '../../relay/store/store.ts';
import { everything, HandClock, logNamed, named, submit, sweepAll } from '../support/relay-store.ts';

const LIFETIME = 1_000;
const QUOTA = 1_200;
const ENTRY_OVERHEAD = 72;
const RUNS = process.env.SLOW === '1' ? 2_000 : 150;
const LOGS = [logNamed('one'), logNamed('two')];
const READERS = ['Alice', 'Bob', 'Carol'].map(named);

interface ModelEntry {
  readonly words: string;
  readonly time: number;
  readonly chain: Bytes;
}

/** One log as the contract tells it. */
class ModelLog {
  readonly spec: LogSpec;
  readonly entries: ModelEntry[] = [];
  readonly cursors = new Map<number, number>();
  readonly slots = new Map<number, number>();
  readers: { who: number; since: number }[] = [];
  floor = 0;
  forgotten = 0;
  lost = 0;
  closed = false;

  constructor(spec: LogSpec) {
    this.spec = spec;
  }

  get bytes(): number {
    return this.entries.slice(this.floor).reduce((sum, { words }) => sum + words.length + ENTRY_OVERHEAD, 0);
  }

  append(words: string, now: number): { seq: number; known: boolean } | AppendRefusal {
    for (let seq = this.forgotten + 1; seq <= this.entries.length; seq++)
      if (this.entries[seq - 1]?.words === words) return { seq, known: true };
    if (this.closed) return 'CLOSED';
    if (this.bytes + words.length + ENTRY_OVERHEAD > QUOTA) return 'QUOTA';
    const last = this.entries.at(-1);
    const time = Math.max(now, last?.time ?? 0);
    const seq = this.entries.length + 1;
    const chain = chainNext(last?.chain ?? chainStart(this.spec.id), seq, time, submit(this.spec, words).id);
    this.entries.push({ words, time, chain });
    return { seq, known: false };
  }

  sweep(now: number): void {
    const past = (seq: number, lifetimes: number) =>
      (this.entries[seq - 1]?.time ?? Number.POSITIVE_INFINITY) + lifetimes * LIFETIME <= now;
    const voting = this.readers.filter(({ who, since }) => !past(Math.max(since, this.cursors.get(who) ?? 0) + 1, 1));
    const votes = voting.length === 0 ? 0 : Math.min(...voting.map(({ who }) => this.cursors.get(who) ?? 0));
    while (past(this.floor + 1, 1) || this.floor + 1 <= votes) this.floor++;
    while (this.forgotten < this.floor && past(this.forgotten + 1, 1)) this.forgotten++;
    while (this.lost < this.forgotten && past(this.lost + 1, 2)) this.lost++;
  }

  list(readers: readonly number[]): void {
    const before = new Map(this.readers.map(({ who, since }) => [who, since]));
    this.readers = readers.map((who) => ({ who, since: before.get(who) ?? this.entries.length }));
  }
}

type Step =
  | { readonly do: 'append'; readonly log: number; readonly words: readonly string[] }
  | { readonly do: 'together'; readonly words: readonly string[] }
  | { readonly do: 'ack' | 'slot'; readonly log: number; readonly who: number; readonly seq: number }
  | { readonly do: 'list'; readonly log: number; readonly who: readonly number[] }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'close'; readonly log: number }
  | { readonly do: 'sweep' | 'reopen' };

const log = fc.integer({ min: 0, max: 1 });
const who = fc.integer({ min: 0, max: 2 });
const words = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b') });
const long = fc.integer({ min: 100, max: 400 }).map((length) => 'x'.repeat(length));
const run = fc.array(fc.oneof({ weight: 5, arbitrary: words }, { weight: 1, arbitrary: long }), { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('append' as const), log, words: run }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('together' as const), words: run }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('ack' as const, 'slot' as const), log, who, seq: fc.integer({ min: 0, max: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('list' as const), log, who: fc.uniqueArray(who) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -600, max: 1_100 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), log }) },
);

/** The store and the model, walking side by side. */
class Pair {
  readonly clock = new HandClock(true);
  readonly models = LOGS.map((spec) => new ModelLog(spec));
  readonly #disk = new MemoryDisk();
  store: RelayStore = this.#make();

  async take(one: Step): Promise<void> {
    if (one.do === 'append') await this.#append(one.log, one.words);
    else if (one.do === 'together') await Promise.all(one.words.map((text) => this.#append(0, [text])));
    else if (one.do === 'ack') await this.#ack(one.log, one.who, one.seq);
    else if (one.do === 'slot') await this.#slot(one.log, one.who, one.seq);
    else if (one.do === 'list') await this.#list(one.log, one.who);
    else if (one.do === 'wait') this.clock.wall += one.ms;
    else if (one.do === 'close') await this.#close(one.log);
    else if (one.do === 'reopen') await this.#reopen();
    else await this.#sweep();
  }

  async compare(): Promise<void> {
    for (const model of this.models) {
      const { spec, entries, floor, lost } = model;
      const record = await this.store.log(spec.id);
      expect(record).toMatchObject({
        seq: entries.length,
        floor,
        closed: model.closed,
        bytes: model.bytes,
        time: entries.at(-1)?.time ?? 0,
      });
      const found = (await everything(this.store, spec)).map(({ seq, time, chain, envelope }) => [seq, time, hex(chain), hex(envelope)]);
      expect(found).toEqual(entries.slice(floor).map(({ words, time, chain }, at) => [floor + at + 1, time, hex(chain), hex(utf8(words))]));
      for (let seq = 1; seq <= entries.length; seq++) {
        const known = seq > lost || seq === floor || seq === entries.length;
        const point = await this.store.point(spec.id, seq);
        expect(point === null ? null : hex(point.chain)).toBe(known ? hex(entries[seq - 1]?.chain ?? new Uint8Array(0)) : null);
      }
      for (const [at, reader] of READERS.entries()) expect(await this.store.cursor(spec.id, reader)).toBe(model.cursors.get(at) ?? 0);
      const slots = new Map((await this.store.slots(spec.id)).map(({ reader, counter }) => [hex(reader), counter]));
      expect(slots).toEqual(new Map([...model.slots].map(([at, counter]) => [hex(READERS[at] as Bytes), counter])));
    }
  }

  async #append(at: number, texts: readonly string[]): Promise<void> {
    const model = this.models[at] as ModelLog;
    const expected: unknown[] = [];
    let stopped: AppendRefusal | null = null;
    for (const text of texts) {
      const answer = model.append(text, this.clock.wall);
      if (typeof answer === 'string') stopped = answer;
      if (typeof answer === 'string') break;
      const { time, chain } = model.entries[answer.seq - 1] as ModelEntry;
      expected.push({ ...answer, time, chain: hex(chain) });
    }
    const { stamps, refusal } = await this.store.append(texts.map((text) => submit(model.spec, text)));
    expect([stamps.map(({ chain, ...rest }) => ({ ...rest, chain: hex(chain) })), refusal]).toEqual([expected, stopped]);
  }

  async #ack(at: number, reader: number, seq: number): Promise<void> {
    const model = this.models[at] as ModelLog;
    const cursor = Math.max(model.cursors.get(reader) ?? 0, Math.min(seq, model.entries.length));
    model.cursors.set(reader, cursor);
    await this.store.ack(model.spec.id, READERS[reader] as Bytes, seq);
  }

  async #slot(at: number, reader: number, counter: number): Promise<void> {
    const model = this.models[at] as ModelLog;
    const before = model.slots.get(reader) ?? 0;
    const kept = await this.store.putSlot(model.spec.id, { reader: READERS[reader] as Bytes, counter, value: utf8('sealed') });
    expect(kept).toBe(counter >= before);
    model.slots.set(reader, Math.max(before, counter));
  }

  async #list(at: number, readers: readonly number[]): Promise<void> {
    const model = this.models[at] as ModelLog;
    model.list(readers);
    await this.store.setReaders(
      model.spec.id,
      readers.map((reader) => READERS[reader] as Bytes),
    );
  }

  async #close(at: number): Promise<void> {
    const model = this.models[at] as ModelLog;
    model.closed = true;
    await this.store.closeLog(model.spec.id);
  }

  async #sweep(): Promise<void> {
    for (const model of this.models) model.sweep(this.clock.wall);
    await sweepAll(this.store);
  }

  async #reopen(): Promise<void> {
    await this.store.close();
    this.store = this.#make();
    await this.store.open();
  }

  #make(): RelayStore {
    return new LevelRelayStore({ location: '', disk: this.#disk, clock: this.clock, lifetimeMs: LIFETIME, quotaBytes: QUOTA });
  }
}

describe('a relay store', () => {
  test('does what the obvious model does, whatever is asked of it in whatever order', async () => {
    const history = fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const pair = new Pair();
      await pair.store.open();
      for (const spec of LOGS) await pair.store.createLog(spec);
      for (const one of steps) await pair.take(one);
      await pair.compare();
      await pair.store.close();
    });
    await fc.assert(history, { numRuns: RUNS });
  }, 600_000);
});
