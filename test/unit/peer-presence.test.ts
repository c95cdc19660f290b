// What a relay says of who is here, taken in the order in which it said it.
import { expect, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import type { Present } from '../../core/net/relay-connection.ts';
import { Presence } from '../../core/peer/presence.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation } from '../support/review-log.ts';

test('that Bob comes, told right behind the answer to who is here, is not forgotten over the answer', async () => {
  const relay = await townRelay();
  const [alice, bob] = [await Person.create('Alice'), await Person.create('Bob')];
  for (const one of [alice, bob]) await (await (await one.start()).goOnline()).addRelay(relay.address);
  await becomeContacts(alice, bob);
  const { id } = (await onlyConversation(alice)).conversation;
  const reader = random(32);
  const live = {
    setPresence: () => {
      const answer: Present = { whole: true, readers: [] };
      // Both frames come in one chunk: the push is taken at once, the answer by whoever waits for it.
      queueMicrotask(() => presence.take(id, { whole: false, readers: [{ reader, online: true, lastSeen: 0 }] }));
      return Promise.resolve({ ok: true, value: answer }).then((said) => said);
    },
  };
  const spot = { connection: { live }, handle: 1, peerId: '', isShown: true } as never;
  const presence: Presence = new Presence(
    () => alice.engine.parts,
    () => spot,
  );
  presence.opened(id, reader);
  expect(await presence.watch(id, 1_000), hex(reader)).toEqual({ state: 'online', lastSeen: null });
  presence.endAll();
  await Promise.all([alice.end(), bob.end()]);
});
