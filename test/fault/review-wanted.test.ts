// What Bob could not open is asked for again, also when his process ends before he could ask (H3).
import { onTestFinished, test } from 'vitest';
import { UPKEEP_MS } from '../../core/peer/upkeep.ts';
import { dropAllSessions } from '../../core/session/reset.ts';
import { Change } from '../../core/store/change.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';

test('what Bob could not open comes after all, although he was restarted before he could ask for it', async () => {
  const relay = await townRelay();
  let hasBundles = true;
  const tamper: Person['tamper'] = (real) =>
    replace(real, {
      takePreKeys: (proof, device) =>
        hasBundles
          ? real.takePreKeys(proof, device)
          : Promise.resolve({ ok: false, refusal: { name: 'BUSY', detail: '', retryAfter: 0, head: null } }),
    });
  const alice = await (await (await Person.create('Alice')).start()).goOnline();
  const bob = await (await (await Person.create('Bob', { tamper })).start()).goOnline();
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  const { id } = await alice.send('Bob', 'first');
  await alice.settled(id);
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
  // His sessions are gone, as after a fault of his disk: what she writes next does not open.
  hasBundles = false;
  const { parts } = bob.engine;
  await parts.serial(async () => {
    const change = new Change(parts.store);
    await dropAllSessions(change);
    await change.commit();
  });
  await alice.send('Bob', 'lost?');
  await bob.sees('Alice', (all) => all.length === 2 && all[1]?.text === null, 'that something did not open');
  await bob.restart();
  hasBundles = true;
  await bob.sync();
  bob.clock.pass(UPKEEP_MS);
  await bob.sees('Alice', (all) => all.some(({ text }) => text === 'lost?'), 'what she said again');
});
