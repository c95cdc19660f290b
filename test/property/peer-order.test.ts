// Whatever happens to lines, relay, processes and clocks: one order for everybody, which on each device only ever grows at its end.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsFrom, settledPlace } from '../../core/peer/places.ts';
import { decodeRecord, type RowRecord } from '../../core/peer/records.ts';
import { startProxy } from '../support/net-proxy.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { type TownRelay, townRelayForAll } from '../support/people-town.ts';
import { rest, stillTalk, verdict } from '../support/people-verdict.ts';
import { onlyConversation } from '../support/review-log.ts';
import { bySize } from '../support/size.ts';

const DAY = 86_400_000;

const who = fc.constantFrom('Alice', 'Bob');
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), who, times: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sync' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cut', 'blackout', 'light', 'kill', 'leave'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('relay restarts' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), who, days: fc.integer({ min: -6, max: 9 }) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

let relay: TownRelay;
beforeAll(async () => {
  relay = await townRelayForAll();
});
afterAll(() => relay.end());

/** Once found: a slot under a wrap key that was still being read was dropped for good. */
const aKeyOnItsWay: Action[] = [
  { do: 'say', who: 'Alice', times: 4 },
  { do: 'clock', who: 'Alice', days: 7 },
  { do: 'say', who: 'Alice', times: 4 },
  { do: 'say', who: 'Bob', times: 1 },
];

test('the settled list on every device is a prefix of one list, and grows only at its end', {
  timeout: bySize({ usual: 60_000, full: 60_000, slow: 900_000 }),
}, async () => {
  const actions = fc.array(action, { minLength: 6, maxLength: bySize({ usual: 14, full: 14, slow: 60 }) });
  const examples: [Action[]][] = bySize({ usual: [], full: [[aKeyOnItsWay]], slow: [[aKeyOnItsWay]] });
  await fc.assert(fc.asyncProperty(actions, play), { examples, numRuns: bySize({ usual: 2, full: 5, slow: 60 }), endOnFailure: true });
});

async function play(actions: readonly Action[]): Promise<void> {
  const world = await makeWorld();
  try {
    for (const one of actions) {
      await world.act(one);
      await world.look();
    }
    await world.end();
  } finally {
    await world.leave();
  }
}

async function makeWorld() {
  const target = { host: '127.0.0.1', port: relay.port };
  const lines = { Alice: await startProxy({ target }), Bob: await startProxy({ target }) };
  const [alice, bob] = await Promise.all(
    (['Alice', 'Bob'] as const).map(async (name) => {
      const person = await (await (await Person.create(name)).start()).goOnline();
      await person.addRelay(lines[name].through(relay.address));
      return person;
    }),
  );
  if (alice === undefined || bob === undefined) throw new Error('nobody came');
  // The home of the conversation is named as Bob reaches it, so Alice goes through his line too: a cut of his is one of both.
  await becomeContacts(alice, bob);
  const people = { Alice: alice, Bob: bob };
  const said = { Alice: [] as string[], Bob: [] as string[] };
  const seen: Record<string, string[]> = { Alice: [], Bob: [] };

  async function look(): Promise<void> {
    for (const [name, person] of Object.entries(people)) {
      const before = seen[name] ?? [];
      const grown = await settledIds(person);
      expect(grown.slice(0, before.length), `${name}: only grows at its end`).toEqual(before);
      seen[name] = grown;
    }
  }

  return {
    async act(one: Action): Promise<void> {
      const [person, line] = [people[one.who as 'Alice'], lines[one.who as 'Alice']];
      switch (one.do) {
        case 'say':
          for (let n = 0; n < one.times; n += 1) {
            const text = `${one.who} ${said[one.who as 'Alice'].length + 1}`;
            await person.send(other(one.who), text);
            said[one.who as 'Alice'].push(text);
          }
          return;
        case 'sync':
          await person.sync(200);
          return;
        case 'read':
          return person.markRead(other(one.who));
        case 'cut':
          return line.cutAll();
        case 'blackout':
          return line.pause();
        case 'light':
          return line.resume();
        case 'kill':
          await person.restart();
          return;
        case 'leave':
          await person.leave();
          await (await person.start()).goOnline();
          return;
        case 'relay restarts':
          await relay.stop();
          return relay.start();
        case 'clock':
          person.clockWrong = one.days * DAY;
          person.clock.wrong = one.days * DAY;
      }
    },
    look,
    async end(): Promise<void> {
      for (const line of Object.values(lines)) {
        line.resume();
        // What hung in the dark is given up by both ends only after their deadlines; a reset tells them at once.
        line.cutAll();
      }
      await rest(alice, bob);
      await look();
      expect(seen.Alice).toEqual(seen.Bob);
      await verdict(alice, bob, { alice: said.Alice, bob: said.Bob });
      await stillTalk(alice, bob);
      expect([...(await alice.warned()), ...(await bob.warned())], 'nobody was accused').toEqual([]);
    },
    async leave(): Promise<void> {
      await Promise.all([alice.end(), bob.end()]);
      await Promise.all(Object.values(lines).map((line) => line.stop()));
    },
  };
}

function other(name: string): string {
  return name === 'Alice' ? 'Bob' : 'Alice';
}

/** Ids of the messages that stand at their settled place on this device's disk, in their order. */
async function settledIds(person: Person): Promise<string[]> {
  const { conversation } = await onlyConversation(person);
  const ids: string[] = [];
  for await (const { value } of person.engine.parts.store.range(rowsFrom(conversation.id, settledPlace(0, 0)))) {
    const row = decodeRecord<RowRecord>(value);
    if (row.kind === 'message' && row.chain !== null) ids.push(row.id);
  }
  return ids;
}
