// The demo's judgement: what it must notice in two stores and in files, since a demo that cannot fail shows nothing.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cutTo, placesShown, transcriptOf } from '../../demo/print.ts';
import { faultsOf } from '../../demo/report.ts';
import { FRAGMENT, needlesOf, searchBytes, searchFolder } from '../../demo/search.ts';
import { allTurns, conversationOf, MOST, textsOf } from '../../demo/text.ts';
import { compare, judge, type Side, type StoredMessage } from '../../demo/verdict.ts';

const ACCOUNTS = { Alice: 'a1'.repeat(32), Bob: 'b0'.repeat(32) } as const;
const SPOKEN = ['Is the light on?', 'It is.', 'Good.', 'Good night.', 'Good.', 'Good night.'];

type Stores = { readonly Alice: StoredMessage[]; readonly Bob: StoredMessage[] };

/** Both stores after a conversation in which all went well; Alice says the even lines. */
function goodStores(): Stores {
  const view = (me: 'Alice' | 'Bob') =>
    SPOKEN.map((text, at): StoredMessage => {
      const author = at % 2 === 0 ? 'Alice' : 'Bob';
      const id = String(at).padStart(32, '0');
      const direction = author === me ? 'out' : 'in';
      return {
        id,
        conversation: 'c0'.repeat(16),
        direction,
        from: ACCOUNTS[author],
        text,
        sentAt: at,
        epoch: 1,
        seq: at + 1,
        state: 'read',
        reason: null,
      };
    });
  return { Alice: view('Alice'), Bob: view('Bob') };
}

function judged(stores: Stores, warnings: readonly string[] = []) {
  const said = (parity: number) => SPOKEN.filter((_, at) => at % 2 === parity);
  const side = (name: 'Alice' | 'Bob', parity: number): Side => ({ typed: said(parity), store: stores[name], warnings });
  return judge({ Alice: side('Alice', 0), Bob: side('Bob', 1) });
}

/** The same store with one message changed. */
function changed(store: readonly StoredMessage[], at: number, change: Partial<StoredMessage>): StoredMessage[] {
  return store.map((message, place) => (place === at ? { ...message, ...change } : message));
}

describe('the verdict on two stores', () => {
  test('finds nothing when both hold every message once, in one order', () => {
    const { ways, faults } = judged(goodStores());
    expect(faults).toEqual([]);
    expect(ways.map(({ from, sent, received, lost, states }) => [from, sent, received, lost, states])).toEqual([
      ['Alice', 3, 3, 0, { read: 3 }],
      ['Bob', 3, 3, 0, { read: 3 }],
    ]);
  });

  const { Alice, Bob } = goodStores();
  const [first, second, third, ...rest] = Bob;
  if (first === undefined || second === undefined || third === undefined) throw new Error('the conversation is too short');
  const tampered: readonly (readonly [string, Stores, RegExp])[] = [
    ['Bob lost a message of Alice’s', { Alice, Bob: Bob.slice(1) }, /^Alice to Bob: 1 lost$/],
    ['Bob lost his own message', { Alice, Bob: [first, third, ...rest] }, /^Bob’s own messages in Bob’s store: 1 lost$/],
    ['both lost the same message', { Alice: Alice.slice(1), Bob: Bob.slice(1) }, /^Alice to Bob: 1 lost$/],
    ['Bob holds a message twice under one id', { Alice, Bob: [...Bob, { ...third, seq: 7 }] }, /^Alice to Bob: 1 doubled$/],
    [
      'Bob holds a message twice under two ids',
      { Alice, Bob: [...Bob, { ...third, seq: 7, id: 'f'.repeat(32) }] },
      /^Alice to Bob: 1 doubled$/,
    ],
    [
      'Bob holds words that nobody wrote',
      { Alice, Bob: [...Bob, { ...third, text: 'Boo.', seq: 7, id: 'f'.repeat(32) }] },
      /^Alice to Bob: 1 that nobody wrote$/,
    ],
    ['one word is another at Bob’s', { Alice, Bob: changed(Bob, 0, { text: 'Is the light off?' }) }, /1 with other words/],
    ['a message could not be opened', { Alice, Bob: changed(Bob, 0, { text: null, reason: 'wrong key' }) }, /^Alice to Bob: 1 lost$/],
    ['two of Alice’s messages changed places at Bob’s', { Alice, Bob: [third, second, first, ...rest] }, /^Alice to Bob: 1 out of order$/],
    [
      'messages of both changed places at Bob’s',
      { Alice, Bob: [second, first, third, ...rest] },
      /^Bob’s store beside Alice’s: 1 out of order$/,
    ],
    [
      'the stamps fall',
      { Alice: changed(Alice, 2, { seq: 1 }), Bob: changed(Bob, 2, { seq: 1 }) },
      /^Alice’s store: 1 not in the order of their stamps$/,
    ],
    ['the stamps differ', { Alice, Bob: changed(Bob, 5, { seq: 9 }) }, /1 with other words, author, time or stamp/],
    ['a message has no stamp', { Alice: changed(Alice, 5, { seq: null }), Bob }, /^Alice’s store: 1 without a stamp$/],
    ['a message is still queued', { Alice: changed(Alice, 4, { state: 'queued' }), Bob }, /^Alice to Bob: 1 not in the state “read”/],
    ['a message has another author', { Alice, Bob: changed(Bob, 0, { from: ACCOUNTS.Bob }) }, /1 with other words, author/],
    ['nothing is there at all', { Alice: [], Bob: [] }, /^Alice to Bob: 3 lost$/],
  ];

  test.each(tampered)('notices that %s', (_, stores, fault) => {
    expect(judged(stores).faults.filter((one) => fault.test(one))).toHaveLength(1);
  });

  test('repeats what a program warned of', () => {
    expect(judged(goodStores(), ['The relay forgot something.']).faults).toEqual([
      'Alice was warned: The relay forgot something.',
      'Bob was warned: The relay forgot something.',
    ]);
  });

  test('tells equal lines apart by how many there are', () => {
    expect(compare(['x', 'y', 'x'], ['x', 'x', 'y'])).toEqual({ lost: 0, doubled: 0, invented: 0, outOfOrder: 1 });
    expect(compare(['x', 'y', 'x'], ['x', 'y'])).toEqual({ lost: 1, doubled: 0, invented: 0, outOfOrder: 0 });
    expect(compare(['x', 'y'], ['x', 'y', 'x', 'z'])).toEqual({ lost: 0, doubled: 1, invented: 1, outOfOrder: 0 });
  });
});

describe('the search for text in files', () => {
  const LINES = ['The lamp is in its lens, and the lens is clean.', 'Фонарь стоит на своём месте.', '灯台の明かりがつきました。', 'ok'];
  const needles = needlesOf(LINES);

  test.each(['utf8', 'utf16le', 'hex', 'base64', 'base64url'] as const)(
    'finds every fragment of every line as %s, at any offset',
    (encoding) => {
      for (const offset of [0, 1, 2, 3]) {
        const inside = Buffer.concat([
          Buffer.alloc(offset, 0xee),
          ...LINES.map((line) => Buffer.from(`${line}\n`, encoding === 'utf16le' ? encoding : 'utf8')),
        ]);
        const written = encoding === 'utf8' || encoding === 'utf16le' ? inside : Buffer.from(inside.toString(encoding));
        expect(searchBytes(written, needles).size).toBe(needles.count);
      }
    },
  );

  test('finds a piece of a line that is just long enough to hold a fragment', () => {
    const piece = LINES[0]?.slice(7, 7 + 2 * FRAGMENT - 1) ?? '';
    expect(searchBytes(Buffer.from(piece), needles).size).toBeGreaterThan(0);
    expect(searchBytes(Buffer.from(LINES[0] ?? '').reverse(), needles).size).toBe(0);
  });

  test('finds it in any file below a folder, and nothing in other bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sotto-search-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'noise'), Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7_919) % 251)));
    expect(await searchFolder(folder, needles)).toEqual({ files: 1, bytes: 100_000, found: new Set() });
    await writeFile(join(folder, 'leak'), LINES.join('\n'));
    expect((await searchFolder(folder, needles)).found.size).toBe(needles.count);
    expect(needles.tooShort).toBe(1);
  });

  test('text in clear is a fault, and so is a search that is blind', () => {
    const place = (what: string, found: number) => ({ what, files: 1, bytes: 1, found: new Set(Array(found).keys()) });
    const evidence = {
      fragments: 10,
      tooShort: 0,
      before: 0,
      places: [place('the relay', 0)],
      controls: [place('file', 10), place('level', 9)],
    };
    expect(faultsOf(evidence)).toEqual([]);
    expect(faultsOf({ ...evidence, places: [place('the relay', 1)] })).toEqual(['the relay holds 1 fragments of the text in clear']);
    expect(faultsOf({ ...evidence, places: [{ ...place('the relay', 0), files: 0 }] })).toHaveLength(1);
    expect(faultsOf({ ...evidence, controls: [place('file', 9), place('level', 10)] })).toHaveLength(1);
    expect(faultsOf({ ...evidence, controls: [place('file', 10), place('level', 8)] })).toHaveLength(1);
    expect(faultsOf({ ...evidence, controls: [] })).toHaveLength(1);
  });
});

describe('the text of the demo', () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));

  test('every line but empty ones is said, in turn and unchanged', () => {
    const turns = allTurns(conversationOf(bytes('\ufeffone\r\n\r\n  two\t\nthree  \n\n\nfour')));
    expect(turns.map(({ name, text }) => [name, text])).toEqual([
      ['Alice', '\ufeffone'],
      ['Bob', '  two\t'],
      ['Alice', 'three  '],
      ['Bob', 'four'],
    ]);
  });

  test('is cut at empty lines where there are some near', () => {
    const text = [...Array(19).fill('live'), '', ...Array(13).fill('apart'), '', ...Array(8).fill('together')].join('\n');
    const { live, apart, together } = conversationOf(bytes(text));
    expect([live, apart, together].map((turns) => [...new Set(turns.map(({ text }) => text))])).toEqual([
      ['live'],
      ['apart'],
      ['together'],
    ]);
  });

  test('of one line is one turn of Alice’s', () => {
    const turns = allTurns(conversationOf(bytes('alone')));
    expect([textsOf(turns, 'Alice'), textsOf(turns, 'Bob')]).toEqual([['alone'], []]);
  });

  test('what does not fit the minute is left out, and what is no text is refused', () => {
    expect(conversationOf(bytes('x\n'.repeat(MOST.lines + 5))).leftOut).toBe(5);
    expect(conversationOf(bytes(`${'y'.repeat(60_000)}\n`.repeat(20))).leftOut).toBe(20 - Math.floor(MOST.bytes / 60_000));
    expect(() => conversationOf(bytes('\n\r\n'))).toThrow('no line');
    expect(() => conversationOf(bytes('z'.repeat(70_000)))).toThrow('longer than a message');
    expect(() => conversationOf(Uint8Array.of(0x61, 0xff))).toThrow('UTF-8');
  });
});

describe('what the demo prints', () => {
  test('shows a few lines of many and all of a few', () => {
    expect(placesShown(5)).toEqual([0, 1, 2, 3, 4]);
    for (const count of [13, 40, 1_000]) {
      const places = placesShown(count);
      expect(places).toHaveLength(12);
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
      expect([places[0], places.at(-1)]).toEqual([0, count - 1]);
    }
  });

  test('cuts between characters as people see them', () => {
    expect(cutTo('👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 5)).toBe('👨‍👩‍👧‍👦👨‍👩‍👧‍👦…');
    expect(cutTo('short', 5)).toBe('short');
    expect(cutTo('灯台の明かり', 6)).toBe('灯台…');
  });

  test('lets no control sequence of a text through', () => {
    const line = transcriptOf([{ name: 'Bob', text: '\u001b[31mred\u001b[0m \u0007\u202eback', seq: 3, sentAt: 0 }]);
    expect(line).toMatch(/^ {3}#3 {2}\d\d:\d\d:\d\d {2}Bob {4}red ␦␦back\n$/);
  });
});
