// A line that is cut, slow, doubled, dark or gone for a while: the outbox waits, the peer comes back by itself, a visit ends in time.
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { lineTo, townRelay } from '../support/people-town.ts';
import { rest, stillTalk, verdict } from '../support/people-verdict.ts';

async function arrive(name: string, address: string): Promise<Person> {
  const person = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => person.end());
  await person.addRelay(address);
  return person;
}

/** Alice reaches the relay through a line that a test holds; Bob, who made the conversation, has another. */
async function scene() {
  const relay = await townRelay();
  const [hers, his] = [await lineTo(relay), await lineTo(relay)];
  const [alice, bob] = [await arrive('Alice', hers.address), await arrive('Bob', his.address)];
  await becomeContacts(bob, alice);
  await rest(alice, bob);
  return { relay, hers, his, alice, bob };
}

const texts = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n}`);

describe('while the relay is down', () => {
  it('what is said waits, a visit says why it is not done, and all goes out when the relay is back, without anybody asking', async () => {
    const { relay, alice, bob } = await scene();
    await relay.stop();
    for (const text of texts('Alice', 20)) expect((await alice.send('Bob', text)).state).toBe('queued');
    for (const text of texts('Bob', 20)) expect((await bob.send('Alice', text)).state).toBe('queued');
    const started = performance.now();
    expect(await alice.sync(400)).toMatchObject({ complete: false, waiting: 20, reason: expect.stringMatching(/could not be reached/) });
    expect(performance.now() - started).toBeLessThan(5_000);
    await relay.start();
    await alice.sees('Bob', (all) => all.filter(({ seq }) => seq !== null).length === 40, 'everything');
    await verdict(alice, bob, { alice: texts('Alice', 20), bob: texts('Bob', 20) });
    expect(await alice.warned()).toEqual([]);
  });

  it('a process that ends and comes back still has it all to say', async () => {
    const { relay, alice, bob } = await scene();
    await relay.stop();
    for (const text of texts('Alice', 20)) await alice.send('Bob', text);
    await alice.restart();
    expect(await alice.sync(200)).toMatchObject({ complete: false, waiting: 20 });
    await alice.restart();
    await relay.start();
    await rest(alice, bob);
    await verdict(alice, bob, { alice: texts('Alice', 20), bob: [] });
  });
});

describe('through a line', () => {
  it('that is slow and thin everything arrives', async () => {
    const { hers, his, alice, bob } = await scene();
    hers.delay(150);
    his.throttle(60_000);
    await Promise.all([
      ...texts('Alice', 20).map((text) => alice.send('Bob', text)),
      ...texts('Bob', 20).map((text) => bob.send('Alice', text)),
    ]);
    await rest(alice, bob);
    await verdict(alice, bob, { alice: texts('Alice', 20), bob: texts('Bob', 20) });
  });

  it('that is cut again and again in the middle of it nothing is lost or doubled', async () => {
    const { hers, his, alice, bob } = await scene();
    const said = { alice: [] as string[], bob: [] as string[] };
    for (let n = 0; n < 12; n += 1) {
      for (const text of texts(`Alice ${n}`, 3)) said.alice.push((await alice.send('Bob', text)).text ?? '');
      for (const text of texts(`Bob ${n}`, 3)) said.bob.push((await bob.send('Alice', text)).text ?? '');
      (n % 2 === 0 ? hers : his).cutAll();
      if (n % 3 === 0) await alice.sync(100);
    }
    await rest(alice, bob);
    await verdict(alice, bob, said);
    await stillTalk(alice, bob);
    expect([...(await alice.warned()), ...(await bob.warned())]).toEqual([]);
  });

  it('that doubles every byte somebody says nothing is doubled, and nobody is called a copy', async () => {
    const { hers, alice, bob } = await scene();
    hers.duplicate(true);
    hers.cutAll();
    for (const text of texts('Alice', 20)) await alice.send('Bob', text);
    await rest(alice, bob);
    await verdict(alice, bob, { alice: texts('Alice', 20), bob: [] });
    expect(await alice.warned()).toEqual([]);
  });

  it('into which everything vanishes a visit ends in time, with a reason', async () => {
    const { hers, alice, bob } = await scene();
    hers.pause();
    await alice.send('Bob', 'into the dark');
    const started = performance.now();
    expect(await alice.sync(500)).toMatchObject({ complete: false, waiting: 1, reason: expect.stringMatching(/\w/) });
    expect(performance.now() - started).toBeLessThan(3_000);
    await alice.leave();
    expect(performance.now() - started, 'leaving does not wait for it either').toBeLessThan(6_000);
    hers.resume();
    await (await alice.start()).goOnline();
    await rest(alice, bob);
    await verdict(alice, bob, { alice: ['into the dark'], bob: [] });
  });

  it('that takes connections and never answers a visit ends in time, and the next one does not wait for it', async () => {
    const { hers, alice, bob } = await scene();
    hers.pause();
    hers.cutAll();
    await alice.send('Bob', 'into the dark');
    const started = performance.now();
    expect(await alice.sync(500)).toMatchObject({ complete: false, reason: expect.stringMatching(/could not be reached/) });
    expect(performance.now() - started).toBeLessThan(3_000);
    hers.resume();
    hers.cutAll();
    await until(async () => (await alice.sync(1_000)).complete, 'the line is back', 15_000);
    await rest(alice, bob);
    await verdict(alice, bob, { alice: ['into the dark'], bob: [] });
  });
});
