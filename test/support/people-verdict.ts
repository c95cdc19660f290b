// The verdict over two people's stores: nothing lost, doubled or reordered, and every state true.
import { expect } from 'vitest';
import type { Message } from '../../core/api.ts';
import type { Person } from './people.ts';

/** What each of them said, in the order in which `send` answered. */
export interface Said {
  readonly alice: readonly string[];
  readonly bob: readonly string[];
}

/** Brings both to rest: everything given, taken and acknowledged, twice, so that the last receipts arrive too. */
export async function rest(...people: readonly Person[]): Promise<void> {
  for (const round of [1, 2]) {
    for (const person of people) {
      const { complete, waiting, reason } = await person.sync();
      if (!complete) throw new Error(`${person.name} does not come to rest (round ${round}, ${waiting} waiting): ${reason}`);
    }
  }
}

/** Compares both histories with each other and with what was said. */
export async function verdict(alice: Person, bob: Person, said: Said): Promise<void> {
  await Promise.all([arrived(alice, bob), arrived(bob, alice)]);
  const [hers, his] = [await alice.history(bob.name), await bob.history(alice.name)];
  expect(hers.map(place), 'one settled order').toEqual(his.map(place));
  const seqs = hers.map(({ seq }) => seq ?? -1);
  expect(seqs, 'every message has its stamp, rising').toEqual([...seqs].sort((a, b) => a - b));
  expect(seqs).not.toContain(-1);
  for (const [name, history, texts] of [
    ['Alice', hers, said.alice],
    ['Bob', his, said.bob],
  ] as const) {
    const own = history.filter(({ direction }) => direction === 'out');
    expect(
      own.map(({ text }) => text),
      `${name}: nothing lost, doubled or reordered`,
    ).toEqual(texts);
  }
  expect(hers.length).toBe(said.alice.length + said.bob.length);
}

async function arrived(author: Person, reader: Person): Promise<void> {
  const there = (all: readonly Message[]) =>
    all.every(({ direction, state }) => direction === 'in' || state === 'delivered' || state === 'read');
  await author.sees(reader.name, there, `that everything arrived at ${reader.name}`);
}

function place({ epoch, seq, id, text, storedAt, provisional }: Message) {
  return { epoch, seq, id, text, storedAt, provisional };
}

/** Both can still talk, in both directions: the ratchets are whole. */
export async function stillTalk(alice: Person, bob: Person): Promise<void> {
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
    [alice, bob],
  ] as const) {
    const { id, text } = await from.send(to.name, `still there, ${to.name}? ${Math.random()}`);
    await to.sees(from.name, (all) => all.some((message) => message.id === id && message.text === text && message.seq !== null), 'a word');
  }
}
