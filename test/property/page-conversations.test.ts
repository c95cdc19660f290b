// The list of conversations in the page is what a fresh look at the engine says, whatever happened in whatever order meanwhile.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stateOf } from '../../desktop/ui/app/conversations-state.ts';
import { ConversationsStore } from '../../desktop/ui/app/conversations-store.ts';
import { PageEngine } from '../support/page-engine.ts';

const person = fc.integer({ min: 0, max: 3 });
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('receive' as const), person, provisional: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constantFrom('send' as const, 'stamp' as const, 'stamp' as const, 'fail' as const), person }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('accept' as const, 'request' as const), person: fc.integer({ min: 0, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('read' as const), person, left: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('rename' as const), person, petname: fc.string({ minLength: 1, maxLength: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom('work' as const, 'deliver' as const, 'deliver' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('ask' as const, 'turn' as const) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/** Alice's window on an engine that knows Bob, Carol and two others. */
function window() {
  const frames: (() => void)[] = [];
  const engine: PageEngine = new PageEngine((event) => {
    if (event.event === 'message') store.onMessage(event.message);
    if (event.event === 'state') store.onState(event.message);
    if (event.event === 'contact') store.onContact(event.contact);
    if (event.event === 'unread') store.onUnread(event.conversation, event.unread);
  });
  const store = new ConversationsStore(engine.api, (run) => frames.push(run));
  const draw = () => {
    while (frames.length > 0) frames.shift()?.();
  };
  return { engine, store, draw };
}

async function happen({ engine, store }: ReturnType<typeof window>, one: Happening): Promise<void> {
  if (one.what === 'receive') engine.receive(one.person, one.provisional);
  else if (one.what === 'read') engine.readUpTo(one.person, one.left);
  else if (one.what === 'rename') engine.rename(one.person, one.petname);
  else if (one.what === 'ask') void store.ask();
  else if (one.what === 'turn') for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  else if ('person' in one) engine[one.what](one.person);
  else engine[one.what]();
  await Promise.resolve();
}

test('after any events and answers in any order, the list is what the engine says when it is asked anew', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (happenings) => {
      const page = window();
      const { engine, store, draw } = page;
      for (const each of [0, 1, 2, 3]) engine.accept(each);
      void store.ask();
      for (const one of happenings) await happen(page, one);
      await engine.settle();
      draw();
      const shown = store.shown.get();
      const fresh = stateOf(engine.list(), engine.people(), shown);
      expect(new Map([...shown.byAccount].sort())).toEqual(new Map([...fresh.byAccount].sort()));
      expect(shown.unread).toBe(fresh.unread);
      const talked = (order: readonly string[]) => order.filter((account) => shown.byAccount.get(account)?.id !== null);
      expect(talked(shown.order)).toEqual(talked(fresh.order));
    }),
    { numRuns: process.env.SLOW === '1' ? 20_000 : 400 },
  );
});

test('an event changes the one row it is about and leaves the others the same objects', async () => {
  const { engine, store, draw } = window();
  for (const each of [0, 1, 2, 3]) engine.accept(each);
  void store.ask();
  await engine.settle();
  draw();
  const before = store.shown.get();
  engine.receive(2, false);
  engine.deliver();
  draw();
  const after = store.shown.get();
  const changed = after.order.filter((account) => before.byAccount.get(account) !== after.byAccount.get(account));
  expect(changed).toEqual([after.order[0]]);
});
