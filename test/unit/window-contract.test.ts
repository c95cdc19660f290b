// The contract at its edge: no number that a window sends is one that a timer, a clock or a calendar cannot take.
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { windowContract } from '../../core/window-api.ts';

const inputs = {
  createInvite: (n: number) => ({ public: true, expiresInMs: n }),
  conversations: (n: number) => ({ from: n, limit: n }),
  settled: (n: number) => ({ ids: [], timeoutMs: n }),
  sync: (n: number) => ({ timeoutMs: n }),
  history: (n: number) => ({ who: 'Bob', limit: n, before: null }),
  historyAfter: (n: number) => ({ who: 'Bob', limit: n, after: null }),
  watchPresence: (n: number) => ({ who: 'Bob', forMs: n }),
  setPreferences: (n: number) => ({ lockAfterMs: n }),
} as const;
type Numbered = keyof typeof inputs;

const takes = (name: Numbered, n: number) => v.is(windowContract.calls[name][0], inputs[name](n));

it('takes every call with a number, and none with one beyond all counting', () => {
  const numbered = Object.entries(windowContract.calls).filter(([, [schema]]) => /"(integer|safe_integer)"/.test(JSON.stringify(schema)));
  expect(numbered.map(([name]) => name).sort()).toEqual(Object.keys(inputs).sort());
  for (const name of Object.keys(inputs) as Numbered[]) {
    expect(takes(name, 1), name).toBe(true);
    for (const n of [1e300, Number.MAX_SAFE_INTEGER + 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(takes(name, n), `${name} ${n}`).toBe(false);
  }
});

it('waits no longer than a timer can, because that would be no wait at all', () => {
  for (const name of ['settled', 'sync'] as const) {
    expect(takes(name, 2 ** 31 - 1)).toBe(true);
    expect(takes(name, 2 ** 31)).toBe(false);
  }
});

it('makes no link that outlives a calendar', () => {
  expect(takes('createInvite', 10 * 365 * 86_400_000)).toBe(true);
  expect(takes('createInvite', 1e13)).toBe(false);
});
