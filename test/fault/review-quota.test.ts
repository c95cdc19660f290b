// A relay without room: what waits goes on waiting, and the person hears once what is wrong and what to do.
import { expect, onTestFinished, test } from 'vitest';
import type { Warning } from '../../core/api.ts';
import type { Answer, AppendAnswer, Refusal } from '../../core/net/relay-connection.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';

/** A relay that takes nothing while `isFull`, and makes no log while `makesNoLog`. */
class FullRelay {
  isFull = false;
  refusals = 0;
  makesNoLog = false;
  refusal: Pick<Refusal, 'name' | 'retryAfter'> = { name: 'QUOTA', retryAfter: 20 };
  readonly tamper: Person['tamper'] = (real) =>
    replace(real, {
      append: async (handle, envelopes): Promise<AppendAnswer> => {
        if (!this.isFull) return real.append(handle, envelopes);
        this.refusals += 1;
        return { stamps: [], refusal: { ...this.refusal, detail: '', head: null } };
      },
      createLog: async (...asked): Promise<Answer<void>> => {
        if (!this.makesNoLog) return real.createLog(...asked);
        this.refusals += 1;
        return { ok: false, refusal: { name: 'QUOTA', detail: '', retryAfter: 20, head: null } };
      },
    });
}

async function somebody(name: string, relay: string, tamper?: Person['tamper']): Promise<Person> {
  const one = await (await (await Person.create(name, tamper === undefined ? {} : { tamper })).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

async function full(alice: Person): Promise<Warning[]> {
  return (await alice.warnings()).filter(({ kind }) => kind === 'quota');
}

test('Alice hears once that the relay has no room, and her message goes out when it has', async () => {
  const [relay, fullness] = [await townRelay(), new FullRelay()];
  const [alice, bob] = [await somebody('Alice', relay.address, fullness.tamper), await somebody('Bob', relay.address)];
  await becomeContacts(alice, bob);
  fullness.isFull = true;
  await alice.send('Bob', 'is there room?');
  await until(() => fullness.refusals > 3, 'it is tried again and again');
  const [warning, ...more] = await full(alice);
  expect(more).toEqual([]);
  expect(warning?.conversation).not.toBeNull();
  expect(warning?.text).toContain(relay.address);
  expect(warning?.text).toMatch(/operator/);
  expect(alice.events.filter((event) => event.event === 'warning' && event.warning.kind === 'quota')).toHaveLength(1);
  // The same episode on another connection is no news.
  const before = fullness.refusals;
  await alice.engine.online?.hub.lines()[0]?.connection?.close();
  await until(() => fullness.refusals > before, 'it is refused on a new connection');
  expect(await full(alice)).toHaveLength(1);
  fullness.isFull = false;
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
  // Another episode is.
  fullness.isFull = true;
  await alice.send('Bob', 'and now?');
  await until(async () => (await full(alice)).length === 2, 'she hears of it again');
});

test('Alice hears that an inbox has no room for her request', async () => {
  const [relay, fullness] = [await townRelay(), new FullRelay()];
  const [alice, bob] = [await somebody('Alice', relay.address, fullness.tamper), await somebody('Bob', relay.address)];
  fullness.isFull = true;
  await alice.add((await bob.invite()).link, 'Bob');
  await until(async () => (await full(alice)).length === 1, 'she hears of it');
  expect((await full(alice))[0]).toMatchObject({ conversation: null, text: expect.stringContaining('inbox') });
  fullness.isFull = false;
  alice.clock.pass(5_000);
  expect((await bob.asked()).claimedName).toBe('Alice');
});

test('Alice hears that a relay takes nothing for some minutes, and not a word of a pause that nobody notices', async () => {
  const [relay, slow] = [await townRelay(), new FullRelay()];
  const [alice, bob] = [await somebody('Alice', relay.address, slow.tamper), await somebody('Bob', relay.address)];
  await becomeContacts(alice, bob);
  slow.refusal = { name: 'RATE', retryAfter: 40 };
  slow.isFull = true;
  await alice.send('Bob', 'a little too fast');
  await until(() => slow.refusals > 2, 'it is tried again after the pause');
  expect(await full(alice)).toEqual([]);
  slow.refusal = { name: 'RATE', retryAfter: 100_000 };
  const before = slow.refusals;
  await until(async () => (await full(alice)).length === 1, 'she hears of a long one');
  expect((await full(alice))[0]?.text).toContain('2 minutes');
  slow.isFull = false;
  alice.clock.pass(100_000);
  await bob.sees('Alice', (all) => all.length === 1, 'her message after the pause');
  expect(slow.refusals).toBe(before + 1);
});

test('Alice, whose relay makes no log for now, hears it once, and her conversation gets one when it does', async () => {
  const [relay, slow] = [await townRelay(), new FullRelay()];
  const [alice, bob] = [await somebody('Alice', relay.address, slow.tamper), await somebody('Bob', relay.address)];
  slow.makesNoLog = true;
  await becomeContacts(bob, alice);
  await bob.send('Alice', 'hello');
  await alice.send('Bob', 'hello you');
  await until(() => slow.refusals > 2, 'it is asked again');
  expect(await full(alice)).toHaveLength(1);
  slow.makesNoLog = false;
  await bob.sees('Alice', (all) => all.some(({ text }) => text === 'hello you'), 'her message');
});
