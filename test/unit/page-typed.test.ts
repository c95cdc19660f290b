// What was typed is not lost between an engine that goes and one that comes.
import { expect, test } from 'vitest';
import { TypedTexts } from '../../desktop/ui/app/typed-texts.ts';

const BOB = 'b0'.repeat(32);

/** An engine that keeps texts; the first time it is asked to, the test answers. */
function engine() {
  const first = Promise.withResolvers<Record<string, never>>();
  const saved: string[] = [];
  const texts = new TypedTexts({
    typed: async () => [],
    saveTyped: ({ text }) => {
      saved.push(text);
      return saved.length === 1 ? first.promise : Promise.resolve({});
    },
  });
  return { first, saved, texts, shown: () => texts.texts.get().get(BOB) ?? '' };
}

test('a text on its way to an engine whose home is not open yet is kept, and saved once it is', async () => {
  const { first, saved, texts, shown } = engine();
  texts.set(BOB, 'half a sentence');
  texts.hide();
  expect([shown(), texts.hasUnsaved]).toEqual(['half a sentence', true]);
  first.reject(new Error('locked'));
  await expect(first.promise).rejects.toThrow();
  await texts.ask();
  expect(shown()).toBe('half a sentence');
  await expect.poll(() => saved).toEqual(['half a sentence', 'half a sentence']);
});

test('a text on its way is newer than what the engine says it has', async () => {
  const { first, texts, shown } = engine();
  texts.set(BOB, 'half a sentence');
  await texts.ask();
  texts.onTyped(BOB, 'half');
  expect(shown()).toBe('half a sentence');
  first.resolve({});
});

test('what is saved is forgotten by the page when the home closes', async () => {
  const { first, texts, shown } = engine();
  texts.set(BOB, 'half a sentence');
  first.resolve({});
  await expect.poll(() => texts.hasUnsaved).toBe(false);
  texts.hide();
  expect(shown()).toBe('');
});

test('a text that was not sent stands in front of what was typed since, once', () => {
  const { texts, shown } = engine();
  texts.set(BOB, ' and more');
  texts.keepUnsent(BOB, 'half a sentence');
  texts.keepUnsent(BOB, 'half a sentence');
  expect(shown()).toBe('half a sentence and more');
});

test('whoever waits for what is on its way waits until the engine has it', async () => {
  const { first, saved, texts } = engine();
  texts.set(BOB, 'half');
  texts.set(BOB, 'half a sentence');
  let isSettled = false;
  const settled = texts.settled().then(() => {
    isSettled = true;
  });
  await Promise.resolve();
  expect(isSettled).toBe(false);
  first.resolve({});
  await settled;
  expect([saved, texts.hasUnsaved]).toEqual([['half', 'half a sentence'], false]);
});
