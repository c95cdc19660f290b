// Lists that a window asks for in parts, and whom an account id means.
import { expect, it } from 'vitest';
import { findContact } from '../../core/peer/contacts.ts';
import { conversationList } from '../../core/peer/history.ts';
import { rename } from '../../core/peer/rename.ts';
import { until } from '../support/net-wait.ts';
import { cast, say, texts } from '../support/people-direct.ts';

async function aliceWithTwo() {
  const [alice, bob, carol] = await Promise.all([cast('Alice'), cast('Bob', { listens: true }), cast('Carol', { listens: true })]);
  for (const [name, person] of [
    ['Bob', bob],
    ['Carol', carol],
  ] as const) {
    await alice.add((await person.invite()).link, name);
    await person.accept((await person.asked()).account, 'Alice');
    await say(alice, name, `hello ${name}`);
    await until(async () => (await texts(person, 'Alice')).length > 0, `${name} hears from Alice`);
    alice.clock.wrong += 60_000;
  }
  return { alice };
}

it('gives the newest conversation first, all of them or so many from a number on', async () => {
  const { alice } = await aliceWithTwo();
  const { parts, early } = alice.engine;
  const names = async (from: number, limit: number) => (await conversationList(parts, early, from, limit)).map((one) => one.with.petname);
  expect(await names(0, Number.POSITIVE_INFINITY)).toEqual(['Carol', 'Bob']);
  expect(await names(0, 1)).toEqual(['Carol']);
  expect(await names(1, 5)).toEqual(['Bob']);
  expect(await names(2, 5)).toEqual([]);
});

it('means an account by its whole id, also when somebody else is named like it', async () => {
  const { alice } = await aliceWithTwo();
  const { store } = alice.engine.parts;
  const carol = (await alice.contact('Carol'))?.account ?? '';
  await rename(alice.engine.parts, 'Bob', carol);
  expect((await findContact(store, carol)).petname).toBe('Carol');
  expect((await findContact(store, carol.toUpperCase())).petname).toBe('Carol');
  expect((await findContact(store, 'Carol')).petname).toBe('Carol');
  await expect(findContact(store, 'ab'.repeat(32))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
