// A line on which many conversations live: their logs are opened side by side, a bounded number at a time, and one that hangs holds up few.
import { expect, onTestFinished, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { addConversation } from '../../core/peer/conversations.ts';
import { epochRecord, newEpoch } from '../../core/peer/epochs.ts';
import { LOGS_AT_A_TIME } from '../../core/peer/online.ts';
import { bytesOf, fieldOf } from '../../core/peer/records.ts';
import { Change } from '../../core/store/change.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation } from '../support/review-log.ts';

/** How many more conversations Alice has: some rounds of what is opened at a time. */
const MORE = 3 * LOGS_AT_A_TIME;

/** Alice gets as many conversations more, each with a log of its own to make. */
async function widen(alice: Person): Promise<void> {
  const { parts } = alice.engine;
  const { conversation, home } = await onlyConversation(alice);
  const change = new Change(parts.store);
  for (let n = 0; n < MORE; n += 1) {
    const epoch = newEpoch(bytesOf(conversation.secret), { address: home.relay, peerId: home.peerId }, 1);
    await addConversation(change, { ...conversation, id: fieldOf(random(16)), epochs: [epochRecord(epoch, home.peerId, true)] });
  }
  await change.commit();
}

test('the logs of many conversations are opened side by side, never more than the bound', async () => {
  const relay = await townRelay();
  const opening = { now: 0, most: 0, counts: false };
  const tamper = (real: RelayConnection) => {
    let subscribed = 0;
    return replace(real, {
      subscribe: async (...asked) => {
        subscribed += 1;
        // The first one is her inbox.
        if (!opening.counts || subscribed === 1) return real.subscribe(...asked);
        opening.now += 1;
        opening.most = Math.max(opening.most, opening.now);
        await until(() => opening.most >= LOGS_AT_A_TIME, 'as many are under way as may be');
        const answer = await real.subscribe(...asked);
        opening.now -= 1;
        return answer;
      },
    });
  };
  const alice = await Person.create('Alice', { tamper });
  const bob = await Person.create('Bob');
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  await alice.kill();
  await alice.start();
  await widen(alice);
  opening.counts = true;
  await alice.goOnline();
  expect(await alice.sync()).toMatchObject({ complete: true });
  expect(opening.most).toBe(LOGS_AT_A_TIME);
  expect(await alice.warned()).toEqual([]);
});
