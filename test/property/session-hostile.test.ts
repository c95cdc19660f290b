// Whatever bytes come from outside: a value says no, nobody's session moves, nothing is thrown.

import { fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { decodeContent, encodeContent } from '../../core/session/content.ts';
import { decryptDirect, decryptWrapped } from '../../core/session/decrypt.ts';
import { openRequest } from '../../core/session/inbox.ts';
import { sessionKey } from '../../core/session/keys.ts';
import { type CheckedManifest, openManifest } from '../../core/session/manifest.ts';
import { openSlot, sealSlot } from '../../core/session/slot.ts';
import { unwrapEnvelope, wrapEnvelope } from '../../core/session/wrap.ts';
import { Change } from '../../core/store/change.ts';
import { WrappedSchema } from '../../core/wire/gen/content_pb.ts';
import { MAX_TEXT_BYTES } from '../../core/wire/limits.ts';
import { aliceAndBob, aText, type Person, said } from '../support/session.ts';

const RUNS = process.env.SLOW === undefined ? 150 : 5_000;
const key = random(32);
const bytes = (most: number) => fc.uint8Array({ maxLength: most }).map((array) => new Uint8Array(array));

let alice: Person;
let bob: Person;
/** A first message and a later one, neither opened yet. */
let first: Bytes;
let later: Bytes;
let sessionBefore: Bytes | null;

beforeAll(async () => {
  ({ alice, bob } = await aliceAndBob());
  await bob.open(await alice.write('hello', bob));
  first = await alice.write('still a first message', bob);
  await alice.open(await bob.write('answer', alice));
  later = await alice.write('a later message', bob);
  sessionBefore = await bob.store.get(sessionKey('session', alice.me.root, 1));
});

/** One to four flipped bits. */
const flips = (of: () => Bytes) =>
  fc.array(fc.record({ at: fc.nat(1_000_000), bit: fc.nat(7) }), { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = of().slice();
    for (const { at, bit } of changes) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
    return copy;
  });

async function opens(wrapped: Bytes): Promise<string> {
  return said(await decryptWrapped(new Change(bob.store), bob.me, wrapped));
}

test('no flipped bit of a wrapped message gives other words, and the true message still opens', async () => {
  for (const of of [() => first, () => later]) {
    await fc.assert(
      fc.asyncProperty(flips(of), async (changed) => {
        const change = new Change(bob.store);
        const words = said(await decryptWrapped(change, bob.me, changed));
        expect(['still a first message', 'a later message', 'failed', 'versions', 'not', 'no', 'own', 'duplicate']).toContain(
          words.startsWith('failed') ? 'failed' : (words.match(/^(versions|not|no|own|duplicate)\b/)?.[0] ?? words),
        );
        if (words.startsWith('failed') || words === 'versions-differ') expect(change.size).toBe(0);
      }),
      { numRuns: RUNS },
    );
  }
  expect(await bob.store.get(sessionKey('session', alice.me.root, 1))).toEqual(sessionBefore);
  expect(await opens(first)).toBe('still a first message');
  expect(await opens(later)).toBe('a later message');
});

// A first message carries prekey ids that no longer matter once its session is there: a flip in those changes nothing.
test('flipped bits in the ratchet part alone never give other words', async () => {
  const part = fc.record({ at: fc.nat(100_000), bit: fc.nat(7), which: fc.constantFrom('first', 'later') });
  await fc.assert(
    fc.asyncProperty(part, async ({ at, bit, which }) => {
      const entry = fromBinary(WrappedSchema, (which === 'first' ? first : later).slice());
      const message = entry.recipients[1]?.message ?? new Uint8Array();
      message[at % message.length] = (message[at % message.length] ?? 0) ^ (1 << bit);
      const words = await opens(toBinary(WrappedSchema, entry));
      expect(words).toMatch(which === 'later' ? /^failed: |^duplicate$/ : /^failed: |^duplicate$|^still a first message$/);
    }),
    { numRuns: RUNS },
  );
});

test('random bytes are never anything', async () => {
  await fc.assert(
    fc.asyncProperty(bytes(600), fc.constantFrom(0, 1, 2, 3, 7, 8), async (noise, kind) => {
      expect(await opens(noise)).toBe('failed: malformed');
      const change = new Change(bob.store);
      const direct = await decryptDirect(change, bob.me, alice.address, kind, noise);
      expect(direct.kind).toBe('failed');
      expect(change.size).toBe(0);
      expect(unwrapEnvelope(key, noise)).toBeNull();
      expect(openSlot(key, noise, [alice.manifest])).toBeNull();
      expect(openRequest(bob.me, noise)).toBeNull();
    }),
    { numRuns: RUNS },
  );
});

test('flipped bits of a manifest are refused with a code, or changed nothing it says', () => {
  const read = (changed: Bytes): CheckedManifest | null => {
    try {
      return openManifest(changed);
    } catch (error) {
      expect(isSottoError(error, 'BAD_MANIFEST') || isSottoError(error, 'BAD_SIGNATURE')).toBe(true);
      return null;
    }
  };
  fc.assert(
    fc.property(
      flips(() => alice.manifest.bytes),
      (changed) => {
        // The outer encoding has a few bits that mean nothing; what is believed is then the true manifest, encoded anew.
        expect([null, alice.manifest]).toContainEqual(read(changed));
      },
    ),
    { numRuns: RUNS },
  );
});

test('whatever is wrapped comes back, of any length', () => {
  fc.assert(
    fc.property(bytes(5_000), (body) => {
      const envelope = wrapEnvelope(key, body);
      expect(Math.log2(envelope.length) % 1).toBe(0);
      expect(unwrapEnvelope(key, envelope)).toEqual(body);
      const slot = sealSlot(key, alice.me, 1, []);
      expect(openSlot(key, slot, [alice.manifest])?.counter).toBe(1);
    }),
    { numRuns: RUNS },
  );
});

test('every text that may be sent comes back as it was; what may not is refused before and after', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (words) => {
      const content = decodeContent(encodeContent(aText(words)));
      expect(content.what).toMatchObject({ case: 'text', value: { text: words } });
    }),
    { numRuns: RUNS },
  );
  for (const words of ['', 'x'.repeat(MAX_TEXT_BYTES + 1), '\u20ac'.repeat(MAX_TEXT_BYTES / 3 + 1), 'half \ud800 of a pair'])
    expect(() => encodeContent(aText(words))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  expect(
    said({ kind: 'content', root: key, device: 1, bytes: key, content: decodeContent(encodeContent(aText('x'.repeat(MAX_TEXT_BYTES)))) }),
  ).toHaveLength(MAX_TEXT_BYTES);
  const invalid = encodeContent(aText('zzzz'));
  invalid[invalid.length - 1] = 0xff;
  expect(() => decodeContent(invalid)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
});

test('random bytes are no content', () => {
  fc.assert(
    fc.property(bytes(300), (noise) => {
      expect(() => decodeContent(noise)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
    }),
    { numRuns: RUNS },
  );
});
