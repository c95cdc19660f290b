// Receipts: how words of the other side about one conversation become one, whatever order they come in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeReceipts } from '../../core/peer/receipts.ts';
import type { ReceiptRecord } from '../../core/peer/records.ts';
import type { ReceiptState } from '../../core/session/receipt.ts';

const log = new Uint8Array(32).fill(1);
const chain = new Uint8Array(32).fill(2);
const NOTHING: ReceiptRecord = { epoch: 0, delivered: 0, read: 0, exceptions: [], lamportDelivered: 0, lamportRead: 0 };

interface Said {
  readonly epoch: number;
  readonly state: ReceiptState;
}

/** What Bob may say: of entries opened, excepted and read in one of two epochs, and of what came directly. */
const aWord: fc.Arbitrary<Said> = fc
  .record({
    epoch: fc.integer({ min: 1, max: 2 }),
    seq: fc.nat(8),
    read: fc.nat(8),
    except: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }),
    lamportDelivered: fc.nat(9),
    lamportRead: fc.nat(9),
  })
  .map(({ epoch, seq, read, except, ...lamports }) => {
    const exceptions = except.filter((at) => at <= seq).sort((a, b) => a - b);
    return { epoch, state: { log, delivered: seq === 0 ? null : { seq, chain }, exceptions, read, ...lamports } };
  });

function after(...words: readonly Said[]): ReceiptRecord {
  return words.reduce((held, { epoch, state }) => mergeReceipts(held, state, epoch), NOTHING);
}

test('words about one conversation lead to the same, in whatever order they come and however often', () => {
  fc.assert(
    fc.property(fc.array(aWord, { maxLength: 5 }), fc.infiniteStream(fc.nat()), (words, keys) => {
      const sorted = words.map((word) => ({ word, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
      const mixed = sorted.map(({ word }) => word);
      expect(after(...mixed)).toEqual(after(...words));
      expect(after(...words, ...mixed)).toEqual(after(...words));
    }),
  );
});

test('no word takes back what one before it said of the same epoch, and a later epoch takes the place of an earlier one', () => {
  fc.assert(
    fc.property(aWord, aWord, (first, second) => {
      const [before, now] = [after(first), after(first, second)];
      expect(now.epoch).toBe(Math.max(first.epoch, second.epoch));
      expect(now.lamportDelivered).toBe(Math.max(first.state.lamportDelivered, second.state.lamportDelivered));
      expect(now.lamportRead).toBe(Math.max(first.state.lamportRead, second.state.lamportRead));
      if (now.epoch !== before.epoch) {
        expect(now).toEqual({ ...after(second), ...lamportsOf(now) });
        return;
      }
      expect(now.delivered).toBeGreaterThanOrEqual(before.delivered);
      expect(now.read).toBeGreaterThanOrEqual(before.read);
      if (now.delivered === before.delivered) for (const at of now.exceptions) expect(before.exceptions).toContain(at);
    }),
  );
});

function lamportsOf({ lamportDelivered, lamportRead }: ReceiptRecord) {
  return { lamportDelivered, lamportRead };
}
