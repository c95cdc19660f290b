// How old something is that waits is for the relay's clock to say: a clock of ours that is wrong by days fails nothing (H6).
import { expect, onTestFinished, test } from 'vitest';
import type { Message } from '../../core/api.ts';
import type { AppendAnswer } from '../../core/net/relay-connection.ts';
import { LIFETIMES_MS, UPKEEP_MS, upkeepOfLifetimes } from '../../core/peer/upkeep.ts';
import { ENTRY_LIFETIME_MS } from '../../core/wire/limits.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { PersonClock } from '../support/people-clock.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';

const DAY = 86_400_000;
const TOO_LONG = ENTRY_LIFETIME_MS + DAY;

/** Takes nothing while `isFull`, and counts what it was given. */
class FullRelay {
  isFull = false;
  given = 0;
  readonly tamper: Person['tamper'] = (real) =>
    replace(real, {
      append: async (handle, envelopes): Promise<AppendAnswer> => {
        this.given += 1;
        if (!this.isFull) return real.append(handle, envelopes);
        return { stamps: [], refusal: { name: 'BUSY', detail: '', retryAfter: 50, head: null } };
      },
    });
}

async function aliceAndBob() {
  const clock = new PersonClock();
  onTestFinished(() => clock.die());
  const [relay, fullness] = [await townRelay(clock), new FullRelay()];
  const alice = await (await (await Person.create('Alice', { tamper: fullness.tamper })).start()).goOnline();
  const bob = await (await (await Person.create('Bob')).start()).goOnline();
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  return { alice, bob, relay, clock, fullness };
}

const connected = (person: Person) => person.engine.online?.hub.lines().some(({ connection }) => connection !== null) ?? false;

async function only(alice: Person): Promise<Message | undefined> {
  return (await alice.history('Bob'))[0];
}

/** Lifetimes are looked at, by the engine itself and once more here, so that it is surely done. */
async function lifetimesPass(person: Person): Promise<void> {
  person.clock.pass(LIFETIMES_MS + UPKEEP_MS);
  await upkeepOfLifetimes(person.engine.parts);
}

test('a clock that jumps ahead by 40 days fails nothing that waits', async () => {
  const { alice, bob, relay } = await aliceAndBob();
  await relay.stop();
  await until(() => !connected(alice), 'the relay is gone');
  await alice.send('Bob', 'still good');
  alice.clock.wrong += 40 * DAY;
  await lifetimesPass(alice);
  expect(await only(alice)).toMatchObject({ state: 'queued' });
  await relay.start();
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
});

test('what was written under a clock 40 days behind is no older than what was not', async () => {
  const { alice, bob, fullness } = await aliceAndBob();
  fullness.isFull = true;
  alice.clock.wrong = -40 * DAY;
  await alice.send('Bob', 'still good');
  alice.clock.wrong = 0;
  await lifetimesPass(alice);
  expect(await only(alice)).toMatchObject({ state: 'queued' });
  fullness.isFull = false;
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
});

test('what waited for a lifetime by the relay’s clock fails, and can be sent again', async () => {
  const { alice, bob, fullness } = await aliceAndBob();
  fullness.isFull = true;
  const { id } = await alice.send('Bob', 'too late');
  await until(() => fullness.given > 0, 'it is refused');
  alice.clock.pass(TOO_LONG);
  await alice.sees('Bob', (all) => all[0]?.state === 'failed', 'that it failed');
  fullness.isFull = false;
  await alice.engine.resend(id);
  await bob.sees('Alice', (all) => all.length === 1, 'it after all');
});

test('what was written without a line, given, and lay over a lifetime by the relay’s clock is not given again, whatever her own clock says', async () => {
  const { alice, relay, clock, fullness } = await aliceAndBob();
  await relay.stop();
  await until(() => !connected(alice), 'the relay is gone');
  await alice.send('Bob', 'given once');
  fullness.isFull = true;
  await relay.start();
  await until(() => fullness.given > 0, 'it is given');
  await alice.kill();
  clock.wrong += TOO_LONG;
  fullness.given = 0;
  await (await alice.start()).goOnline();
  await alice.sees('Bob', (all) => all[0]?.state === 'failed', 'that it failed');
  expect(fullness.given).toBe(0);
});

test('what is written without a line long after the relay was last met is young', async () => {
  const { alice, bob, relay, clock } = await aliceAndBob();
  const { id } = await alice.send('Bob', 'the first');
  await alice.settled(id);
  await relay.stop();
  await until(() => !connected(alice), 'the relay is gone');
  // Her computer slept: its clock went on, the time it counts by itself did not.
  clock.wrong += TOO_LONG;
  alice.clock.wrong += TOO_LONG;
  await alice.send('Bob', 'the second');
  await relay.start();
  await bob.sees('Alice', (all) => all.some(({ text }) => text === 'the second'), 'it');
  expect((await alice.history('Bob')).map(({ state }) => state)).not.toContain('failed');
});
