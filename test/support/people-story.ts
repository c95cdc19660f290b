// One story of two people, told in steps that may each be told again from the beginning: what a crash interrupts is simply repeated.
import { createHash } from 'node:crypto';
import { isSottoError } from '../../core/base/errors.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { until } from './net-wait.ts';
import { PATIENCE, Person } from './people.ts';
import { replace } from './people-relay.ts';
import { rest, type Said, stillTalk, verdict } from './people-verdict.ts';

/** Who and what a story is told with. */
export interface Stage {
  readonly alice: Person;
  readonly bob: Person;
  /** Address of the relay both live at, and of one that Alice adds later. */
  readonly relay: string;
  readonly second: string;
  /** While it is shut, the relay refuses for good whatever Alice appends. */
  readonly door: { isShut: boolean };
  link: string | null;
}

/** Alice and Bob, online, who have not met. */
export async function cast(relay: string, second: string): Promise<Stage> {
  const door = { isShut: false };
  const tamper = (real: RelayConnection) =>
    replace(real, { append: async (handle, envelopes) => (door.isShut ? NOT_TAKEN : real.append(handle, envelopes)) });
  const [alice, bob] = await Promise.all([Person.create('Alice', { tamper }), Person.create('Bob')]);
  await Promise.all([alice, bob].map(async (one) => (await one.start()).goOnline()));
  return { alice, bob, relay, second, door, link: null };
}

const NOT_TAKEN = { stamps: [], refusal: { name: 'TOO_LARGE', detail: '', retryAfter: 0, head: null } } as const;

/** A step; telling it twice is the same as telling it once. */
export interface Step {
  readonly name: string;
  readonly tell: (stage: Stage) => Promise<void>;
}

/** The relay refuses it, and takes it when it is sent again. */
const IN_VAIN = 'said in vain at first';

/** What both have said when the story is over. */
export const SAID: Said = {
  alice: ['draft 1', 'draft 2', ...words('Alice', 6), IN_VAIN, 'a week later', 'from Alice, under another list of relays', 'last of Alice'],
  bob: [...words('Bob', 6), 'under the new key', 'last of Bob'],
};

/** One refused commit may fail every call that shared it, and the calls that waited for them. */
const MOST_FAILURES = 3;
const WEEK_AND_A_DAY = 8 * 86_400_000;

/** The step in which a failed message is sent again. */
export const RESENT = 'Alice sends it again';

/** The story: contact made, drafts, six messages each way, receipts, read marks, a failed message, a new wrap key, another relay. */
export const STORY: readonly Step[] = [
  { name: 'both find a relay', tell: findRelays },
  { name: 'Bob invites', tell: invite },
  { name: 'Alice asks', tell: ask },
  { name: 'Alice writes before he answers', tell: ({ alice }) => say(alice, 'Bob', ['draft 1', 'draft 2']) },
  { name: 'Bob accepts', tell: accept },
  { name: 'Alice writes six', tell: ({ alice }) => say(alice, 'Bob', words('Alice', 6)) },
  { name: 'Bob writes six', tell: ({ bob }) => say(bob, 'Alice', words('Bob', 6)) },
  { name: 'everything arrives', tell: ({ alice, bob }) => rest(alice, bob) },
  { name: 'both read', tell: read },
  { name: 'the relay will not have a word of Alice', tell: failed },
  { name: RESENT, tell: resent },
  { name: 'a week later', tell: newKey },
  { name: 'Bob writes under the new key', tell: ({ bob }) => say(bob, 'Alice', ['under the new key']) },
  { name: 'Alice adds a relay', tell: anotherRelay },
  { name: 'the last words', tell: lastWords },
  { name: 'it comes to rest', tell: ({ alice, bob }) => rest(alice, bob) },
];

/**
 * Tells the whole story; whoever's store stops is killed, started again, and the step is told once more. Answers how many crashes there were.
 * @param begins called before each step is told for the first time
 */
export async function tellStory(stage: Stage, begins: (step: Step) => void = () => undefined): Promise<number> {
  let crashes = 0;
  for (const step of STORY) {
    begins(step);
    while ((await told(step, stage)) === 'crashed') {
      crashes += 1;
      for (const person of [stage.alice, stage.bob]) if (person.hasStopped) await person.restart();
    }
  }
  return crashes;
}

/**
 * Tells the story while somebody's disk refuses once: a step that fails for it is told again, in the same run. Answers the codes with
 * which calls failed.
 */
export async function tellWithFailures(stage: Stage): Promise<string[]> {
  const failures: string[] = [];
  for (const step of STORY) {
    for (;;) {
      const failure = await step.tell(stage).then(
        () => null,
        (error: unknown) => error,
      );
      if (failure === null) break;
      if (!isSottoError(failure) || failures.length === MOST_FAILURES)
        throw new Error(`${step.name}: ${String(failure)}`, { cause: failure });
      failures.push(failure.code);
    }
  }
  return failures;
}

/** What must be true of both at the end. */
export async function storyHolds({ alice, bob }: Stage): Promise<void> {
  await verdict(alice, bob, SAID);
  await stillTalk(alice, bob);
}

async function told(step: Step, stage: Stage): Promise<'told' | 'crashed'> {
  const crash = Promise.race([stage.alice.store.stopped, stage.bob.store.stopped]).then(() => 'crashed' as const);
  const end = step.tell(stage).then(
    () => 'told' as const,
    (error) => {
      if (stage.alice.hasStopped || stage.bob.hasStopped) return 'crashed' as const;
      throw new Error(`${step.name}: ${String(error)}`, { cause: error });
    },
  );
  return Promise.race([end, crash]);
}

/** The same text of the same person always has the same inner id. */
async function say(person: Person, who: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) await person.send(who, text, innerOf(`${person.name} ${text}`));
}

function innerOf(what: string): string {
  return createHash('sha256').update(what).digest('hex').slice(0, 32);
}

function words(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name} says ${n + 1}`);
}

async function findRelays({ alice, bob, relay }: Stage): Promise<void> {
  await Promise.all([alice.addRelay(relay), bob.addRelay(relay)]);
}

async function invite(stage: Stage): Promise<void> {
  stage.link = (await stage.bob.invite()).link;
}

async function ask({ alice, link }: Stage): Promise<void> {
  if ((await alice.contact('Bob')) === null) await alice.add(link ?? '', 'Bob');
}

async function accept({ alice, bob }: Stage): Promise<void> {
  await until(async () => (await bob.requests()).length > 0 || (await bob.contact('Alice')) !== null, 'the request comes', PATIENCE);
  const [request] = await bob.requests();
  if (request !== undefined) await bob.accept(request.account, 'Alice');
  await until(async () => (await alice.contact('Bob'))?.state === 'accepted', 'the answer comes', PATIENCE);
}

async function read({ alice, bob }: Stage): Promise<void> {
  await alice.markRead('Bob');
  await bob.markRead('Alice');
  const isRead = (person: Person, who: string) =>
    person.sees(who, (all) => all.every(({ direction, state }) => direction === 'in' || state === 'read'), 'that all was read');
  await Promise.all([isRead(alice, 'Bob'), isRead(bob, 'Alice')]);
}

/** Refused for good, it has failed; who tells this once more finds it failed already. */
async function failed({ alice, door }: Stage): Promise<void> {
  door.isShut = true;
  await say(alice, 'Bob', [IN_VAIN]);
  await alice.sees('Bob', (all) => all.some(({ text, state }) => text === IN_VAIN && state === 'failed'), 'that it failed');
  door.isShut = false;
}

async function resent({ alice }: Stage): Promise<void> {
  const found = (await alice.history('Bob')).find(({ text }) => text === IN_VAIN);
  if (found?.state === 'failed') await alice.engine.resend(found.id);
  await alice.sees('Bob', (all) => all.some(({ id, state }) => id === found?.id && state === 'delivered'), 'that it arrived');
}

async function newKey({ alice }: Stage): Promise<void> {
  alice.clockWrong = WEEK_AND_A_DAY;
  alice.clock.wrong = WEEK_AND_A_DAY;
  await say(alice, 'Bob', ['a week later']);
}

async function anotherRelay({ alice, second }: Stage): Promise<void> {
  await alice.addRelay(second);
  await say(alice, 'Bob', ['from Alice, under another list of relays']);
}

async function lastWords({ alice, bob }: Stage): Promise<void> {
  await Promise.all([say(alice, 'Bob', ['last of Alice']), say(bob, 'Alice', ['last of Bob'])]);
}
