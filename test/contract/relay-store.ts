// The suite every relay store passes. Its places hide what differs: folders for LevelDB, databases for PostgreSQL later.
import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, hex, utf8 } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/base/hash.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { EcPreKeySchema, type PreKeyBundle, PutPreKeysSchema, SignedPreKeySchema } from '../../core/wire/gen/relay_pb.ts';
import { CONTACT_RESERVE_PREKEYS, LINK_BUNDLES_PER_DAY, MAX_ENVELOPE_BYTES, MAX_LINKS } from '../../core/wire/limits.ts';
import type { LinkRecord, LogSpec, RelayStore, StoredSlot, UsageKind } from '../../relay/store/store.ts';
import { bytes, everything, HandClock, logNamed, named, proveOrder, stamp, submit, sweepAll } from '../support/relay-store.ts';

/** What a store under test is made with. */
export interface StoreTerms {
  readonly clock: HandClock;
  readonly lifetimeMs: number;
  readonly quotaBytes: number;
}

/** A stamp that a killed writer had been given. */
export interface Acknowledged {
  readonly log: LogSpec;
  readonly seq: number;
  readonly time: number;
  /** hex */
  readonly chain: string;
  readonly id: string;
}

/** Somewhere a store keeps its data across openings. */
export interface Place {
  /** A store over this place, not yet open. */
  make(terms: StoreTerms): RelayStore;
  /** 4 writers append to these logs together until one is killed without warning; what they had been answered by then. */
  killed?(logs: readonly LogSpec[]): Promise<readonly Acknowledged[]>;
  /** True when a second store over the same place is refused. */
  readonly exclusive: boolean;
  remove(): Promise<void>;
}

const HOUR = 3_600_000;
const LIFETIME = 100 * HOUR;
const QUOTA = 1_000_000;
const home = logNamed('Alice and Bob');
const other = logNamed('Alice and Carol');
const [alice, bob, carol] = [named('Alice reads'), named('Bob reads'), named('Carol reads')];
const linkHash = named('a link');
const address = named('a directory');
const contactHash = named('a contact');

/** Runs the whole suite over places made by `place`; `outlives`: what is kept there outlives a process, so a writer can be killed. */
export function relayStoreContract(name: string, place: () => Promise<Place>, outlives: boolean): void {
  describe(name, () => {
    const held: { at: Place | null; clock: HandClock; store: RelayStore | null } = { at: null, clock: new HandClock(), store: null };
    const here = (): Place => held.at as Place;
    const store = (): RelayStore => held.store as RelayStore;
    const again = async (): Promise<void> => {
      await held.store?.close();
      held.store = here().make({ clock: held.clock, lifetimeMs: LIFETIME, quotaBytes: QUOTA });
      await held.store.open();
    };
    beforeEach(async () => {
      held.clock = new HandClock();
      held.at = await place();
      await again();
      await store().createLog(home);
      await store().createLog(other);
    });
    afterEach(async () => {
      await held.store?.close();
      held.store = null;
      await held.at?.remove();
    });

    lifecycle(store, again, here, held);
    logs(store, again);
    appending(store, again, held);
    readers(store, again, held);
    links(store, again, held);
    slots(store, again);
    directory(store, again, held);
    sweeping(store, again, held);
    if (outlives) killing(store, again, here);
  });
}

type Get = () => RelayStore;
type Again = () => Promise<void>;
interface Held {
  readonly clock: HandClock;
  store: RelayStore | null;
}

function lifecycle(store: Get, again: Again, here: () => Place, held: Held): void {
  test('a store that was never opened says so', async () => {
    const closed = here().make({ clock: held.clock, lifetimeMs: LIFETIME, quotaBytes: QUOTA });
    await expect(closed.log(home.id)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(closed.append([submit(home, 'hello')])).rejects.toMatchObject({ code: 'CLOSED' });
    await closed.close();
  });

  test('closing twice is harmless, and a closed store refuses', async () => {
    await Promise.all([store().close(), store().close()]);
    await store().close();
    await expect(store().append([submit(home, 'hello')])).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(store().ack(home.id, alice, 1)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('closing while busy finishes what was accepted', async () => {
    const sent = Array.from({ length: 50 }, (_, n) => store().append([submit(home, `word ${n}`)]));
    const acked = store().ack(home.id, alice, 7);
    await store().close();
    expect((await Promise.all(sent)).map(({ stamps }) => stamps.length)).toEqual(sent.map(() => 1));
    await acked;
    await again();
    expect(await proveOrder(store(), home)).toHaveLength(50);
    expect(await store().cursor(home.id, alice)).toBe(7);
  });

  test('what was kept is there after reopening, under the same incarnation', async () => {
    const incarnation = hex(store().incarnation());
    expect(store().incarnation()).toHaveLength(16);
    await stamp(store(), submit(home, 'hello'));
    await again();
    expect((await everything(store(), home)).map(({ envelope }) => envelope)).toEqual([utf8('hello')]);
    expect(hex(store().incarnation())).toBe(incarnation);
    await store().renewIncarnation();
    expect(hex(store().incarnation())).not.toBe(incarnation);
    const renewed = hex(store().incarnation());
    await again();
    expect(hex(store().incarnation())).toBe(renewed);
  });

  test('a second owner of the same place is refused where only one may be', async () => {
    const second = here().make({ clock: held.clock, lifetimeMs: LIFETIME, quotaBytes: QUOTA });
    if (here().exclusive) await expect(second.open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    else await second.open().then(() => second.close());
    expect((await stamp(store(), submit(home, 'still mine'))).seq).toBe(1);
  });
}

function logs(store: Get, again: Again): void {
  test('a new log is empty, and making it again changes nothing', async () => {
    await stamp(store(), submit(home, 'hello'));
    expect(await store().createLog(home)).toBe(true);
    expect(await store().log(home.id)).toMatchObject({ ...home, seq: 1, closed: false, floor: 0, readers: [] });
    expect(await store().log(other.id)).toMatchObject({ seq: 0, time: 0, bytes: 0, chain: chainStart(other.id) });
    expect(await store().log(named('no log'))).toBeNull();
  });

  test('a log of the same id with other capabilities is refused', async () => {
    expect(await store().createLog({ ...home, manage: named('Mallory') })).toBe(false);
    expect((await store().log(home.id))?.manage).toEqual(home.manage);
  });

  test('a closed log takes nothing new, but knows what it has', async () => {
    const first = await stamp(store(), submit(home, 'hello'));
    await store().closeLog(home.id);
    await again();
    expect(await store().append([submit(home, 'too late')])).toEqual({ stamps: [], refusal: 'CLOSED' });
    expect(await stamp(store(), submit(home, 'hello'))).toEqual({ ...first, known: true });
    expect((await store().log(home.id))?.closed).toBe(true);
  });
}

function appending(store: Get, again: Again, held: Held): void {
  test('stamps are dense, their time never goes back, and the chain is the one clients compute', async () => {
    for (let n = 0; n < 30; n++) {
      held.clock.wall += n % 3 === 0 ? -5_000 : 1_000;
      await stamp(store(), submit(home, `word ${n}`));
    }
    expect(await proveOrder(store(), home)).toHaveLength(30);
  });

  test('many at once, over many logs, get every number once', async () => {
    const all = Array.from({ length: 400 }, (_, n) => store().append([submit(n % 2 ? home : other, `word ${n}`)]));
    const seqs = (await Promise.all(all)).flatMap(({ stamps }) => stamps.map(({ seq }) => seq)).sort((one, two) => one - two);
    expect(seqs).toEqual(Array.from({ length: 400 }, (_, n) => Math.floor(n / 2) + 1));
    expect(await proveOrder(store(), home)).toHaveLength(200);
  });

  test('a run keeps its order, and runs sent one after the other keep theirs', async () => {
    const runs = [0, 1, 2].map((run) => store().append([0, 1, 2].map((n) => submit(home, `${run}.${n}`))));
    await Promise.all(runs);
    const words = (await everything(store(), home)).map(({ envelope }) => Buffer.from(envelope).toString());
    expect(words).toEqual([0, 1, 2].flatMap((run) => [0, 1, 2].map((n) => `${run}.${n}`)));
  });

  test('the same bytes get the same stamp: within a run, at once, later, and after a restart', async () => {
    const hello = submit(home, 'hello');
    const run = await store().append([hello, hello]);
    expect(run.stamps[1]).toEqual({ ...run.stamps[0], known: true });
    const many = await Promise.all(Array.from({ length: 20 }, () => store().append([submit(home, 'world')])));
    expect(new Set(many.map(({ stamps }) => stamps[0]?.seq))).toEqual(new Set([2]));
    expect(many.filter(({ stamps }) => stamps[0]?.known === false)).toHaveLength(1);
    await again();
    expect(await stamp(store(), hello)).toEqual({ ...run.stamps[0], known: true });
    expect((await stamp(store(), submit(other, 'hello'))).known).toBe(false);
    expect((await store().log(home.id))?.seq).toBe(2);
  });

  test('a run stops at its first refusal, and nothing behind it is tried', async () => {
    const huge = submit(home, bytes(MAX_ENVELOPE_BYTES + 1));
    const { stamps, refusal } = await store().append([submit(home, 'one'), submit(home, 'two'), huge, submit(home, 'three')]);
    expect([stamps.map(({ seq }) => seq), refusal]).toEqual([[1, 2], 'TOO_LARGE']);
    expect(await store().append([submit(logNamed('nowhere'), 'hello')])).toEqual({ stamps: [], refusal: 'NOT_FOUND' });
    expect(await proveOrder(store(), home)).toHaveLength(2);
  });

  test('a full log refuses with QUOTA, keeps what it has, and leaves the reserve to manage', async () => {
    let refusal: unknown = null;
    let kept = 0;
    while (refusal === null) {
      const answer = await store().append([submit(home, bytes(100_000))]);
      refusal = answer.refusal;
      kept += answer.stamps.length;
    }
    expect([refusal, kept]).toEqual(['QUOTA', 9]);
    expect((await store().log(home.id))?.bytes).toBeLessThanOrEqual(QUOTA);
    const closing = bytes(200_000);
    expect((await store().append([submit(home, closing)])).refusal).toBe('QUOTA');
    expect((await store().append([submit(home, closing, { manage: true })])).refusal).toBeNull();
    expect((await store().append([submit(home, bytes(200_000), { manage: true })])).refusal).toBe('QUOTA');
    expect(await proveOrder(store(), home)).toHaveLength(10);
    expect((await store().append([submit(other, 'Carol is not held up')])).refusal).toBeNull();
  });

  test('a page ends at its limit and near its bytes, and holds at least one entry', async () => {
    for (let n = 0; n < 10; n++) await stamp(store(), submit(home, bytes(1_000)));
    const seqs = async (after: number, limit: number, size: number) =>
      (await store().read(home.id, after, limit, size)).map(({ seq }) => seq);
    expect(await seqs(0, 3, 1_000_000)).toEqual([1, 2, 3]);
    expect(await seqs(4, 100, 2_500)).toEqual([5, 6]);
    expect(await seqs(8, 100, 1)).toEqual([9]);
    expect(await seqs(10, 100, 1_000)).toEqual([]);
    expect(await seqs(99, 100, 1_000)).toEqual([]);
    expect(await seqs(0, 0, 1_000)).toEqual([]);
  });

  test('a long log is read without a hole however large its entries', async () => {
    await store().append(Array.from({ length: 200 }, (_, n) => submit(home, bytes(1 + ((n * 97) % 4_000)))));
    expect((await store().read(home.id, 0, 1_000, 10_000_000)).map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  });

  test('a watcher hears of a log only once what changed can be read, and not after it left', async () => {
    const seen: Promise<number>[] = [];
    const stop = store().watch(home.id, () => seen.push(everything(store(), home).then((all) => all.length)));
    await stamp(store(), submit(other, 'elsewhere'));
    expect(seen).toHaveLength(0);
    await stamp(store(), submit(home, 'hello'));
    expect(await Promise.all(seen)).toEqual([1]);
    stop();
    await stamp(store(), submit(home, 'world'));
    expect(seen).toHaveLength(1);
  });

  test('a watcher that throws harms nobody', async () => {
    store().watch(home.id, () => {
      throw new Error('the watcher broke');
    });
    let heard = 0;
    store().watch(home.id, () => heard++);
    await stamp(store(), submit(home, 'hello'));
    expect([heard, (await stamp(store(), submit(home, 'world'))).seq]).toEqual([1, 2]);
  });
}

function readers(store: Get, again: Again, held: Held): void {
  test('a cursor only rises, never above the head, and outlives a restart', async () => {
    await store().append([1, 2, 3].map((n) => submit(home, `word ${n}`)));
    await Promise.all([store().ack(home.id, bob, 2), store().ack(home.id, bob, 1), store().ack(home.id, alice, 99)]);
    expect([await store().cursor(home.id, bob), await store().cursor(home.id, alice)]).toEqual([2, 3]);
    await store().ack(home.id, bob, 1);
    await again();
    expect(await store().cursor(home.id, bob)).toBe(2);
    expect(await store().cursor(home.id, carol)).toBe(0);
    await store().ack(named('no log'), bob, 5);
    expect(await store().cursor(named('no log'), bob)).toBe(0);
  });

  test('without a reader list nobody’s ack deletes', async () => {
    await stamp(store(), submit(home, 'hello'));
    await Promise.all([alice, bob, carol].map((reader) => store().ack(home.id, reader, 1)));
    expect(await sweepAll(store())).toBe(0);
    expect(await everything(store(), home)).toHaveLength(1);
  });

  test('entries go early, by prefix, only when every listed reader has them; strangers have no vote', async () => {
    await store().append([1, 2, 3, 4].map((n) => submit(home, `word ${n}`)));
    await store().setReaders(home.id, [alice, bob]);
    expect((await store().log(home.id))?.readers.map(hex).sort()).toEqual([alice, bob].map(hex).sort());
    await Promise.all([store().ack(home.id, alice, 4), store().ack(home.id, carol, 4)]);
    expect(await sweepAll(store())).toBe(0);
    await store().ack(home.id, bob, 2);
    expect(await sweepAll(store())).toBe(2);
    expect((await proveOrder(store(), home)).map(({ seq }) => seq)).toEqual([3, 4]);
    expect(await store().log(home.id)).toMatchObject({ floor: 2, seq: 4 });
  });

  test('bytes deleted early keep their stamp for the lifetime, through a restart, and their point of the chain for two', async () => {
    const hello = submit(home, 'hello');
    const first = await stamp(store(), hello);
    await stamp(store(), submit(home, 'world'));
    await store().setReaders(home.id, [alice]);
    await store().ack(home.id, alice, 1);
    await sweepAll(store());
    held.clock.wall += LIFETIME - 1;
    await sweepAll(store());
    await again();
    expect(await stamp(store(), hello)).toEqual({ ...first, known: true });
    const { known: _, ...point } = first;
    expect(await store().point(home.id, 1)).toEqual(point);
    expect((await store().log(home.id))?.seq).toBe(2);
  });

  test('a listed reader silent for a lifetime loses its vote, and one just listed does not', async () => {
    await stamp(store(), submit(home, 'old'));
    await store().setReaders(home.id, [alice, bob]);
    await stamp(store(), submit(home, 'Bob never reads this'));
    held.clock.wall += LIFETIME;
    const news = await stamp(store(), submit(home, 'news'));
    await store().ack(home.id, alice, news.seq);
    await sweepAll(store());
    expect(await everything(store(), home)).toHaveLength(0);
    await store().setReaders(home.id, [alice, bob, carol]);
    const more = await stamp(store(), submit(home, 'for Carol too'));
    await store().ack(home.id, alice, more.seq);
    await sweepAll(store());
    expect(await everything(store(), home)).toHaveLength(1);
  });
}

function link(more: Partial<LinkRecord> = {}): Omit<LinkRecord, 'used'> {
  const terms = {
    linkHash,
    log: home.id,
    expires: 1_800_000_000_000 + HOUR,
    entries: 2,
    entryBytes: 100,
    singleUse: false,
    directory: address,
  };
  return { ...terms, ...more };
}

function links(store: Get, again: Again, held: Held): void {
  const through = (words: string, by: Bytes = linkHash) => submit(home, words, { link: by });
  const refusalOf = async (words: string, by?: Bytes) => (await store().append([through(words, by)])).refusal;

  test('a link lets a few wait; the inbox’s owner makes room by reading', async () => {
    expect(await store().putLink(link())).toBe(true);
    await store().append([through('Bob asks'), through('Carol asks')]);
    expect(await refusalOf('Mallory asks')).toBe('QUOTA');
    expect((await stamp(store(), through('Bob asks'))).known).toBe(true);
    await stamp(store(), submit(home, 'the inbox itself is not bound by it'));
    await store().ack(home.id, alice, 1);
    await again();
    expect(await refusalOf('Dave asks')).toBeNull();
    expect(await refusalOf('Erin asks')).toBe('QUOTA');
    expect(await store().link(linkHash)).toEqual({ ...link(), used: 3 });
  });

  test('many at once through one link cannot pass its quota', async () => {
    await store().putLink(link());
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => store().append([through(`asks ${n}`)])));
    expect(all.filter(({ refusal }) => refusal === null)).toHaveLength(2);
  });

  test('a link has its own size, end, single use and revocation', async () => {
    await store().putLink(link({ singleUse: true }));
    expect(await refusalOf('x'.repeat(101))).toBe('TOO_LARGE');
    expect(await refusalOf('Bob asks')).toBeNull();
    expect(await refusalOf('Carol asks')).toBe('EXPIRED');
    expect((await stamp(store(), through('Bob asks'))).known).toBe(true);
    await store().putLink(link({ linkHash: named('second') }));
    held.clock.wall += HOUR;
    expect(await refusalOf('late', named('second'))).toBe('EXPIRED');
    await store().putLink(link({ linkHash: named('second'), expires: held.clock.wall + HOUR }));
    expect(await refusalOf('in time', named('second'))).toBeNull();
    await store().revokeLink(other.id, named('second'));
    expect(await store().link(named('second'))).not.toBeNull();
    await store().revokeLink(home.id, named('second'));
    expect([await refusalOf('after', named('second')), await store().link(named('second'))]).toEqual(['NOT_FOUND', null]);
  });

  test('a link of one inbox is nothing at another', async () => {
    await store().putLink(link());
    expect(await store().append([submit(other, 'hello', { link: linkHash })])).toEqual({ stamps: [], refusal: 'NOT_FOUND' });
    expect(await store().putLink(link({ log: other.id }))).toBe(false);
    expect(await store().putLink(link({ log: named('no log'), linkHash: named('second') }))).toBe(false);
  });

  test('an inbox has so many links and no more, but expired ones make room', async () => {
    const put = (n: number, expires: number) => store().putLink(link({ linkHash: named(`link ${n}`), expires }));
    const late = held.clock.wall + 2 * HOUR;
    expect(await Promise.all(Array.from({ length: MAX_LINKS }, (_, n) => put(n, n === 5 ? held.clock.wall + HOUR : late)))).not.toContain(
      false,
    );
    expect(await put(MAX_LINKS, late)).toBe(false);
    expect(await put(7, late + HOUR)).toBe(true);
    held.clock.wall += HOUR;
    expect([await put(MAX_LINKS, late), await put(MAX_LINKS + 1, late)]).toEqual([true, false]);
  });
}

function slots(store: Get, again: Again): void {
  const slot = (reader: Bytes, counter: number, words: string): StoredSlot => ({ reader, counter, value: utf8(words) });

  test('a slot keeps the highest counter, each reader its own', async () => {
    const heard: number[] = [];
    const stop = store().watchSlots(home.id, ({ counter }) => heard.push(counter));
    expect(await store().putSlot(home.id, slot(bob, 5, 'five'))).toBe(true);
    expect(await store().putSlot(home.id, slot(bob, 4, 'four'))).toBe(false);
    expect(await store().putSlot(home.id, slot(bob, 6, 'six'))).toBe(true);
    expect(await store().putSlot(home.id, slot(alice, 1, 'one'))).toBe(true);
    stop();
    expect(await store().putSlot(other.id, slot(bob, 1, 'elsewhere'))).toBe(true);
    await again();
    const kept = [slot(bob, 6, 'six'), slot(alice, 1, 'one')].sort((one, two) => Buffer.compare(one.reader, two.reader));
    expect(await store().slots(home.id)).toEqual(kept);
    expect(heard).toEqual([5, 6, 1]);
    expect(await store().putSlot(named('no log'), slot(bob, 1, 'x'))).toBe(false);
  });

  test('slots written at once end at the maximum', async () => {
    await Promise.all([3, 9, 1, 7, 8].map((counter) => store().putSlot(home.id, slot(bob, counter, `${counter}`))));
    expect(await store().slots(home.id)).toEqual([slot(bob, 9, '9')]);
  });
}

function putKeys(counter: number, ids: readonly number[], more: { device?: number; replace?: boolean } = {}) {
  const signed = (id: number) => create(SignedPreKeySchema, { id, publicKey: bytes(33), signature: bytes(64) });
  return create(PutPreKeysSchema, {
    writer: named('writer'),
    device: more.device ?? 1,
    counter: BigInt(counter),
    signed: signed(1),
    lastResortKyber: signed(900),
    oneTime: ids.map((id) => create(EcPreKeySchema, { id, publicKey: bytes(33) })),
    oneTimeKyber: ids.map(signed),
    contactHash,
    replace: more.replace ?? false,
    signature: bytes(64),
  });
}

function directory(store: Get, again: Again, held: Held): void {
  const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, n) => n + from);
  const take = async (by: Bytes | null = contactHash): Promise<PreKeyBundle[]> => [
    ...((await store().takePreKeys(address, 1, by, null)) as PreKeyBundle[]),
  ];

  test('a registration is remembered', async () => {
    expect([await store().registration(named('Alice')), await store().registration(named('Bob'))]).toEqual([null, null]);
    await store().putRegistration(named('Alice'), named('token'), held.clock.wall);
    await store().putRegistration(named('Carol'), new Uint8Array(0), held.clock.wall);
    await again();
    expect([await store().registration(named('Alice')), await store().registration(named('Bob'))]).toEqual([named('token'), null]);
    expect(await store().registration(named('Carol'))).toEqual(new Uint8Array(0));
  });

  test('a token makes as many registrations as it may, however many ask at once, and a repeat is no use of it', async () => {
    const ask = (name: string) => store().putRegistration(named(name), named('token'), held.clock.wall, 3);
    const asked = await Promise.all(['Alice', 'Alice', 'Bob', 'Carol', 'Dave', 'Erin'].map(ask));
    expect(asked).toEqual([true, true, true, true, false, false]);
    expect(await store().tokenUses(named('token'))).toBe(3);
    await again();
    expect([await ask('Alice'), await ask('Erin'), await store().tokenUses(named('token'))]).toEqual([true, false, 3]);
    expect(await store().registration(named('Erin'))).toBeNull();
    expect(await store().putRegistration(named('Erin'), named('token'), held.clock.wall, 4)).toBe(true);
    expect(await store().tokenUses(named('another'))).toBe(0);
  });

  test('an allowance is used up durably, says how long to wait, and fills again over a lifetime', async () => {
    const charge = (amount: number, kind: UsageKind = 'bytes') =>
      store().charge({ registration: named('Alice'), kind, amount, limit: 1_000 });
    expect([await charge(600), await charge(400)]).toEqual([0, 0]);
    const wait = await charge(100);
    expect(wait).toBeGreaterThan(0);
    await again();
    expect(await charge(100)).toBe(wait);
    expect(await charge(100, 'logs')).toBe(0);
    expect(await store().charge({ registration: named('Bob'), kind: 'bytes', amount: 100, limit: 1_000 })).toBe(0);
    held.clock.wall += LIFETIME / 10;
    expect([await charge(100), (await charge(100)) > 0]).toEqual([0, true]);
    held.clock.wall += LIFETIME;
    expect([await charge(5_000), (await charge(1)) > 0]).toEqual([0, true]);
  });

  test('a clock that was set ahead and back holds nobody up for longer than before', async () => {
    const charge = (amount: number) => store().charge({ registration: named('Alice'), kind: 'bytes', amount, limit: 1_000 });
    held.clock.wall += 100 * LIFETIME;
    await charge(500);
    held.clock.wall -= 100 * LIFETIME;
    expect(await charge(400)).toBe(0);
    held.clock.wall += LIFETIME / 2;
    expect(await charge(500)).toBe(0);
  });

  test('a new log is charged in the batch that makes it, one that is there already is not, and one too many is not made', async () => {
    const dues = { registration: named('Alice'), kind: 'logs', amount: 1, limit: 2 } as const;
    const make = (name: string) => store().createLog(logNamed(name), dues);
    expect([await make('one'), await make('one'), await make('two')]).toEqual([true, true, true]);
    expect(await make('three')).toBeGreaterThan(0);
    expect(await store().log(logNamed('three').id)).toBeNull();
    await again();
    expect(await make('three')).toBeGreaterThan(0);
    held.clock.wall += LIFETIME / 2;
    expect([await make('three'), typeof (await make('four'))]).toEqual([true, 'number']);
  });

  test('a manifest only rises, and the same version with other bytes is refused', async () => {
    const manifest = (version: number, words: string) => ({
      writer: named('writer'),
      version,
      sealed: utf8(words),
      signature: named(words + words).slice(0, 32),
    });
    const signed = (version: number, words: string) => ({
      ...manifest(version, words),
      signature: new Uint8Array([...named(words), ...named(words)]),
    });
    expect(await store().putManifest(address, signed(6, 'six'))).toBe(true);
    expect(await store().putManifest(address, signed(6, 'six'))).toBe(true);
    expect(await store().putManifest(address, signed(6, 'other six'))).toBe(false);
    expect(await store().putManifest(address, signed(5, 'five'))).toBe(false);
    expect(await store().putManifest(address, signed(7, 'seven'))).toBe(true);
    await again();
    expect(await store().manifest(address)).toEqual(signed(7, 'seven'));
    expect(await store().manifest(named('nobody'))).toBeNull();
  });

  test('a one-time key is handed out once, however many ask at once and whatever restarts between', async () => {
    expect(await store().putPreKeys(address, putKeys(1, upTo(60)))).toBe(true);
    const half = (await Promise.all(Array.from({ length: 30 }, () => take()))).flat();
    await again();
    const all = half.concat((await Promise.all(Array.from({ length: 30 }, () => take()))).flat());
    expect(new Set(all.map(({ oneTime }) => oneTime?.id))).toEqual(new Set(upTo(60)));
    expect(new Set(all.map(({ kyber }) => kyber?.id)).size).toBe(60);
    const [empty] = await take();
    expect([empty?.oneTime, empty?.lastResort, empty?.kyber?.id]).toEqual([undefined, true, 900]);
    expect(await store().countPreKeys(address, 1)).toEqual({ oneTime: 0, oneTimeKyber: 0, counter: 1 });
  });

  test('a stranger with a link never reaches the reserve, and has only so many fetches a day', async () => {
    await store().putPreKeys(address, putKeys(1, upTo(CONTACT_RESERVE_PREKEYS + 2)));
    await store().putLink(link({ expires: held.clock.wall + 1_000 * HOUR }));
    const ask = () => store().takePreKeys(address, 0, null, linkHash);
    const bundles: PreKeyBundle[] = [];
    for (let n = 0; n < LINK_BUNDLES_PER_DAY; n++) bundles.push(...((await ask()) as PreKeyBundle[]));
    expect(bundles.map(({ lastResort }) => lastResort)).toEqual([false, false, true, true, true]);
    expect(await ask()).toBe('RATE');
    expect((await store().countPreKeys(address, 1)).oneTime).toBe(CONTACT_RESERVE_PREKEYS);
    expect((await take())[0]?.lastResort).toBe(false);
    held.clock.wall += 24 * HOUR;
    await again();
    expect(await ask()).toHaveLength(1);
  });

  test('keys are only for who proves something that fits', async () => {
    await store().putPreKeys(address, putKeys(1, upTo(30)));
    await store().putLink(link({ directory: named('another directory') }));
    expect(await store().takePreKeys(address, 1, null, null)).toBe('CAPABILITY');
    expect(await store().takePreKeys(address, 1, named('Mallory'), null)).toBe('CAPABILITY');
    expect(await store().takePreKeys(address, 1, null, linkHash)).toBe('CAPABILITY');
    expect(await store().takePreKeys(address, 1, null, named('no link'))).toBe('NOT_FOUND');
    expect(await store().takePreKeys(address, 2, contactHash, null)).toBe('NOT_FOUND');
    expect((await store().countPreKeys(address, 1)).oneTime).toBe(30);
  });

  test('putting prekeys adds to the pool or begins it anew, and a repeat changes nothing', async () => {
    await store().putPreKeys(address, putKeys(1, [1, 2]));
    expect(await store().putPreKeys(address, putKeys(1, [8, 9]))).toBe(false);
    expect(await store().putPreKeys(address, putKeys(2, [2, 3]))).toBe(true);
    expect(await store().countPreKeys(address, 1)).toEqual({ oneTime: 3, oneTimeKyber: 3, counter: 2 });
    await store().putPreKeys(address, putKeys(3, [10], { replace: true }));
    expect((await take()).map(({ oneTime }) => oneTime?.id)).toEqual([10]);
    await store().putPreKeys(address, putKeys(1, [1], { device: 2 }));
    const both = (await store().takePreKeys(address, 0, contactHash, null)) as PreKeyBundle[];
    expect(both.map(({ device }) => device)).toEqual([1, 2]);
  });
}

function sweeping(store: Get, again: Again, held: Held): void {
  test('entries go at the end of their lifetime and not before; the head stays', async () => {
    const first = await stamp(store(), submit(home, 'first'));
    held.clock.wall += HOUR;
    const second = await stamp(store(), submit(home, 'second'));
    held.clock.wall = first.time + LIFETIME - 1;
    expect(await sweepAll(store())).toBe(0);
    held.clock.wall++;
    expect(await sweepAll(store())).toBe(1);
    expect((await proveOrder(store(), home)).map(({ seq }) => seq)).toEqual([2]);
    expect(await store().point(home.id, 1)).toMatchObject({ chain: first.chain, time: first.time });
    held.clock.wall = second.time + 3 * LIFETIME;
    expect(await sweepAll(store())).toBe(1);
    await again();
    expect(await store().log(home.id)).toMatchObject({ seq: 2, floor: 2, bytes: 0, chain: second.chain, time: second.time });
    expect(await store().point(home.id, 1)).toBeNull();
    expect(await store().point(home.id, 2)).toMatchObject({ chain: second.chain });
    expect(await store().point(home.id, 0)).toEqual({ seq: 0, time: 0, chain: chainStart(home.id) });
    expect(await store().point(home.id, 3)).toBeNull();
    expect((await stamp(store(), submit(home, 'third'))).seq).toBe(3);
    expect(await proveOrder(store(), home)).toHaveLength(1);
  });

  test('bytes sent again after their lifetime are a new entry, and sweeping the old one leaves the new one known', async () => {
    await stamp(store(), submit(home, 'hello'));
    held.clock.wall += LIFETIME;
    await sweepAll(store());
    const second = await stamp(store(), submit(home, 'hello'));
    expect([second.seq, second.known]).toEqual([2, false]);
    held.clock.wall += LIFETIME - 1;
    await sweepAll(store());
    await sweepAll(store());
    expect(await stamp(store(), submit(home, 'hello'))).toEqual({ ...second, known: true });
  });

  test('deleting makes room in a full log', async () => {
    while ((await store().append([submit(home, bytes(200_000))])).refusal === null);
    held.clock.wall += LIFETIME;
    await sweepAll(store());
    expect((await store().append([submit(home, bytes(200_000))])).refusal).toBeNull();
  });

  test('a clock that goes back deletes nothing, and times stay as they were', async () => {
    const first = await stamp(store(), submit(home, 'first'));
    held.clock.wall -= 50 * LIFETIME;
    expect(await sweepAll(store())).toBe(0);
    expect((await stamp(store(), submit(home, 'second'))).time).toBe(first.time);
  });

  test('one call does bounded work and says that more is due; a finished walk is remembered', async () => {
    expect(await store().lastSweep()).toBe(0);
    await store().append(Array.from({ length: 250 }, (_, n) => submit(home, `word ${n}`)));
    held.clock.wall += LIFETIME;
    expect(await store().sweep(100)).toEqual({ deleted: 100, more: true });
    expect((await store().log(home.id))?.floor).toBe(100);
    expect(await store().lastSweep()).toBe(0);
    expect(await sweepAll(store())).toBe(150);
    await again();
    expect(await store().lastSweep()).toBe(held.clock.wall);
  });

  test('reading and appending go on while entries are swept', async () => {
    await store().append(Array.from({ length: 250 }, (_, n) => submit(home, `old ${n}`)));
    held.clock.wall += LIFETIME;
    const swept = sweepAll(store());
    const added = Array.from({ length: 50 }, (_, n) => store().append([submit(home, `new ${n}`)]));
    const page = await store().read(home.id, 0, 1_000, 1_000_000);
    expect(page.map(({ seq }) => seq)).toEqual(page.map((_, at) => (page[0]?.seq ?? 0) + at));
    await Promise.all([swept, ...added]);
    await sweepAll(store());
    expect(await proveOrder(store(), home)).toHaveLength(50);
  });
}

function killing(store: Get, again: Again, here: () => Place): void {
  test('a writer killed in the middle of 50 shared logs has lost nothing it was answered', async () => {
    const shared = Array.from({ length: 50 }, (_, n) => logNamed(`shared ${n}`));
    for (const log of shared) await store().createLog(log);
    await store().close();
    const acknowledged = (await here().killed?.(shared)) ?? [];
    expect(acknowledged.length).toBeGreaterThan(500);
    await again();
    const found = new Map<string, string>();
    for (const log of shared) {
      for (const { seq, time, chain, envelope } of await proveOrder(store(), log)) {
        found.set(`${hex(log.id)} ${hex(sha256(envelope))}`, `${seq} ${time} ${hex(chain)}`);
      }
    }
    for (const { log, id, seq, time, chain } of acknowledged) expect(found.get(`${hex(log.id)} ${id}`)).toBe(`${seq} ${time} ${chain}`);
  });
}
