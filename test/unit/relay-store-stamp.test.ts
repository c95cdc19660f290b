// The relay's stamp is the one PROTOCOL.md words and every client recomputes.
import { describe, expect, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { nextStamp, type StampHead } from '../../relay/stamp.ts';
import { named } from '../support/relay-store-logs.ts';

describe('a stamp', () => {
  test('carries the chain that clients compute, over numbers beyond 32 bits too', () => {
    let head: StampHead = { seq: 4_294_967_294, time: 1_800_000_000_000, chain: chainStart(named('a log')) };
    for (let n = 0; n < 4; n++) {
      const next = nextStamp(head, head.time + n, named(`${n}`));
      expect(hex(next.chain)).toBe(hex(chainNext(head.chain, next.seq, next.time, named(`${n}`))));
      expect(next.seq).toBe(head.seq + 1);
      head = next;
    }
  });

  test('keeps the time of the one before when the clock goes back', () => {
    const head = { seq: 1, time: 5_000, chain: named('chain') };
    expect([nextStamp(head, 4_999, named('a')).time, nextStamp(head, 5_001, named('a')).time]).toEqual([5_000, 5_001]);
  });

  test('shares no bytes with the next one', () => {
    const first = nextStamp({ seq: 0, time: 0, chain: chainStart(named('a log')) }, 1, named('a'));
    const before = hex(first.chain);
    nextStamp(first, 1, named('b'));
    expect(hex(first.chain)).toBe(before);
  });
});
