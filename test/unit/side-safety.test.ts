// Safety numbers as the window lays them out and compares them, held against how the engine makes and compares them.
import { describe, expect, test } from 'vitest';
import { displaySafetyNumber, matchesScan, safetyNumber } from '../../core/session/trust.ts';
import { compareSafety, safetyLines } from '../../desktop/ui/contact/safety-code.ts';
import { fixed } from '../vectors/vector.ts';

const alice = fixed('alice', 32);
const bob = fixed('bob', 32);
const mallory = fixed('mallory', 32);
const atAlice = safetyNumber(alice, bob);
const atBob = safetyNumber(bob, alice);

describe('a safety number', () => {
  test('stands in three lines of four groups, as the command line prints it', () => {
    const lines = safetyLines(atAlice.number) ?? [];
    expect(lines.map((line) => line.length)).toEqual([4, 4, 4]);
    expect(lines.map((line) => line.join(' ')).join('\n')).toBe(displaySafetyNumber(atAlice.number));
  });

  test('is not drawn when it is none', () => {
    for (const wrong of ['', '1'.repeat(59), '1'.repeat(61), `${'1'.repeat(59)}x`]) expect(safetyLines(wrong)).toBeNull();
  });

  test('is equal when Alice pastes what Bob sees: his code, or the digits however he grouped them', () => {
    expect(matchesScan(atAlice, atBob.scannable)).toBe(true);
    expect(compareSafety(atAlice, atBob.scannable)).toBe('equal');
    expect(compareSafety(atAlice, `\n ${atBob.scannable.slice(0, 50)}\n${atBob.scannable.slice(50)} `)).toBe('equal');
    expect(compareSafety(atAlice, displaySafetyNumber(atBob.number))).toBe('equal');
    expect(compareSafety(atAlice, atBob.number.replace(/(\d{5})(?=\d)/g, '$1-'))).toBe('equal');
  });

  test('differs when somebody stands between Alice and Bob', () => {
    const between = safetyNumber(mallory, alice);
    expect(compareSafety(atAlice, between.scannable)).toBe('different');
    expect(compareSafety(atAlice, between.number)).toBe('different');
    expect(compareSafety(atAlice, safetyNumber(bob, mallory).scannable)).toBe('different');
  });

  test('tells Alice when she pasted her own code, which proves nothing', () => {
    expect(compareSafety(atAlice, atAlice.scannable)).toBe('own');
  });

  test('tells what is none of it', () => {
    expect(compareSafety(atAlice, ' ')).toBe('empty');
    for (const none of ['hello', '12345', 'sotto:invite/AAAA', atBob.scannable.slice(0, -1), atBob.scannable.replace('/1/', '/2/')]) {
      expect(compareSafety(atAlice, none)).toBe('none');
    }
  });
});
