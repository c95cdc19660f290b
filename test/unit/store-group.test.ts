// Group commit: who arrives during a batch shares the next, and a failed batch fails those in it and nobody else.
import { expect, test } from 'vitest';
import { utf8 } from '../../core/base/bytes.ts';
import { GroupWriter } from '../../core/store/group.ts';
import type { Write } from '../../core/store/store.ts';

const write = (word: string): Write => ({ key: utf8(word), value: utf8(word) });
const words = (writes: readonly Write[]): string => writes.map(({ key }) => new TextDecoder().decode(key)).join(' ');

test('what arrives while a batch is being written goes into the next, in its order', async () => {
  const batches: string[] = [];
  const release: (() => void)[] = [];
  const writer = new GroupWriter((writes) => {
    batches.push(words(writes));
    return new Promise((resolve) => release.push(resolve));
  });
  const first = writer.add([write('a')]);
  await until(() => release.length === 1);
  const rest = Promise.all([writer.add([write('b')]), writer.add([write('c'), write('d')])]);
  expect(batches).toEqual(['a']);
  release[0]?.();
  await first;
  await until(() => release.length === 2);
  release[1]?.();
  await rest;
  expect(batches).toEqual(['a', 'b c d']);
});

test('a failed batch fails all that were in it, and the next one is written', async () => {
  const writer = new GroupWriter(async (writes) => {
    if (words(writes).includes('bad')) throw new Error('refused');
  });
  const results = await Promise.allSettled([writer.add([write('bad')]), writer.add([write('beside it')])]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await writer.add([write('good')]);
});

test('a task of its own runs between batches, never during one', async () => {
  let writing = 0;
  const writer = new GroupWriter(async () => {
    writing += 1;
    await Promise.resolve();
    writing -= 1;
  });
  const during = [writer.add([write('a')]), writer.alone(async () => writing), writer.add([write('b')]), writer.alone(async () => writing)];
  expect((await Promise.all(during)).filter((seen) => typeof seen === 'number')).toEqual([0, 0]);
});

async function until(happened: () => boolean): Promise<void> {
  for (let turn = 0; !happened(); turn += 1) {
    if (turn > 100) throw new Error('it did not happen');
    await Promise.resolve();
  }
}
