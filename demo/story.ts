// The story: two people meet, talk, lose each other and their relay, and find together again. Every step is a command anybody can type.
import type { Invite } from '../core/api.ts';
import type { Person } from './person.ts';
import type { Screen, Spoken } from './print.ts';
import { placesShown } from './print.ts';
import type { Relay } from './relay.ts';
import { type Conversation, type Turn, textsOf } from './text.ts';
import type { StoredMessage } from './verdict.ts';

/** Everybody who plays. */
export interface Cast {
  readonly relay: Relay;
  readonly alice: Person;
  readonly bob: Person;
  readonly screen: Screen;
}

/** The relay starts, both make an account, and Bob uses Alice's link. */
export async function meet({ relay, alice, bob, screen }: Cast): Promise<void> {
  screen.heading('A relay, two accounts, one contact');
  await relay.start();
  screen.tell(`The relay is ready (process ${relay.pid}): ${relay.address}`);
  await Promise.all([alice, bob].map((person) => person.run('init', '--name', person.name, '--relay', relay.address)));
  await Promise.all([alice.listen(), bob.listen()]);
  screen.tell('Alice and Bob have made their accounts, each home sealed by a passphrase, and both are listening.');
  const [invite] = await alice.ask<Invite>('invite');
  const link = invite?.link ?? '';
  screen.tell(`Alice makes an invite link of ${link.length} characters: ${link.slice(0, 40)}…`);
  await bob.run('add', link, '--as', alice.name);
  await alice.event('Bob’s request came', ({ event }) => event === 'request');
  await alice.run('accept', bob.name, '--as', bob.name);
  await bob.event('Alice’s answer came', (line) => line.event === 'contact' && line.contact.state === 'accepted');
  screen.tell('Bob has used it, Alice has seen his request and accepted it.', await safetyWords(alice, bob));
}

/** Both are there and take turns: each line is said once the one before it has arrived. */
export async function talk({ alice, bob, screen }: Cast, turns: readonly Turn[]): Promise<void> {
  screen.heading(`Both are there: ${turns.length} lines, turn by turn`);
  alice.open(bob);
  bob.open(alice);
  const shown = new Set(placesShown(turns.length));
  for (const [place, { name, text }] of turns.entries()) {
    const [speaker, hearer] = name === 'Alice' ? [alice, bob] : [bob, alice];
    const before = hearer.heard().length;
    speaker.say([text]);
    const message = await hearer.until('a line arrived', () => hearer.heard()[before] ?? null);
    if (!shown.has(place)) continue;
    if (place > 0 && !shown.has(place - 1)) screen.gap();
    screen.line({ ...message, name, text: message.text ?? '' });
  }
  await Promise.all([alice.finish(), bob.finish()]);
}

/** Bob is away, and the relay is killed while Alice writes. */
export async function part({ relay, alice, bob, screen }: Cast, turns: readonly Turn[]): Promise<void> {
  const [hers, his] = [textsOf(turns, 'Alice'), textsOf(turns, 'Bob')];
  screen.heading(`Bob is away, and the relay dies: ${hers.length} lines of Alice’s, ${his.length} of Bob’s`);
  await bob.leave();
  screen.tell('Bob’s process has ended. Alice writes on; the relay stamps and keeps what it cannot read.');
  await writeThroughDeath({ relay, alice, bob, screen }, hers);
  await bob.write(alice, his);
  screen.tell(`Bob, with no network, writes ${his.length} lines; they lie in his outbox.`);
  await relay.start();
  await alice.finish();
  screen.tell(`The relay is started again (process ${relay.pid}), same address, same folder: all of Alice’s lines are stamped now.`);
}

/** Bob comes back: one `sotto sync` gives what he wrote and takes what waited. */
export async function comeBack({ alice, bob, screen }: Cast, turns: readonly Turn[]): Promise<void> {
  screen.heading('Bob comes back');
  const due = alice.heard().length + textsOf(turns, 'Bob').length;
  const start = performance.now();
  const [synced] = await bob.ask<{ readonly received: number; readonly waiting: number }>('sync');
  const took = ((performance.now() - start) / 1_000).toFixed(1);
  screen.tell(
    `sotto sync, ${took} s: ${synced?.received} lines received, ${synced?.waiting} left in his outbox. The one order that both see now:`,
  );
  await alice.until('Bob’s lines arrived', () => (alice.heard().length >= due ? true : null));
  await bob.listen();
  if (turns.length > 0) screen.some(spokenBy(alice, bob, await alice.store(bob, String(turns.length))));
}

/** Both write all they have at the same moment; the relay's numbers decide. */
export async function talkAtOnce({ alice, bob, screen }: Cast, turns: readonly Turn[]): Promise<void> {
  screen.heading(`Both write at once: ${turns.length} lines`);
  const people = [
    { person: alice, other: bob, due: bob.heard().length },
    { person: bob, other: alice, due: alice.heard().length },
  ];
  for (const { person, other } of people) person.open(other);
  await sayInStep(people.map(({ person }) => ({ person, lines: textsOf(turns, person.name) })));
  await Promise.all(people.map(({ person }) => person.finish()));
  for (const { person, other, due } of people) {
    const all = due + textsOf(turns, person.name).length;
    await other.until('everything arrived', () => (other.heard().length >= all ? true : null));
  }
  if (turns.length > 0) screen.some(spokenBy(alice, bob, await alice.store(bob, String(turns.length))));
}

/** Both read everything, and each learns that the other has; then everybody goes. */
export async function readAll({ relay, alice, bob, screen }: Cast, conversation: Conversation): Promise<void> {
  screen.heading('Both read, and everybody goes');
  await Promise.all([alice.run('read', bob.name, '--limit', '1'), bob.run('read', alice.name, '--limit', '1')]);
  const turns = [...conversation.live, ...conversation.apart, ...conversation.together];
  for (const person of [alice, bob]) {
    const all = textsOf(turns, person.name).length;
    await person.until('everything was read', () => (person.count('read') >= all ? true : null));
  }
  await Promise.all([alice.leave(), bob.leave()]);
  await relay.stop();
  screen.tell('Every line is marked “read” on its author’s side. Nothing runs any more; what follows is read from the two stores.');
}

/** Each says the next line as soon as everybody's last one is in the outbox, without waiting for anybody to hear it. */
async function sayInStep(speakers: readonly { readonly person: Person; readonly lines: readonly string[] }[]): Promise<void> {
  const most = Math.max(...speakers.map(({ lines }) => lines.length));
  for (let at = 0; at < most; at += 1) {
    const before = speakers.map(({ person }) => person.saidCount());
    const saying = speakers.map(({ lines }) => lines.slice(at, at + 1));
    for (const [nth, { person }] of speakers.entries()) person.say(saying[nth] ?? []);
    for (const [nth, { person }] of speakers.entries()) {
      const due = (before[nth] ?? 0) + (saying[nth]?.length ?? 0);
      await person.until('a line was in the outbox', () => (person.saidCount() >= due ? true : null));
    }
  }
}

/** Messages of Alice's store as lines to show. */
export function spokenBy(alice: Person, bob: Person, messages: readonly StoredMessage[]): readonly Spoken[] {
  return messages.map(({ direction, text, seq, sentAt }) => ({
    name: (direction === 'out' ? alice : bob).name,
    text: text ?? '[could not be opened]',
    seq,
    sentAt,
  }));
}

/** Half of the lines, the relay's death once half of those are stamped, and the other half. */
async function writeThroughDeath({ relay, alice, bob, screen }: Cast, lines: readonly string[]): Promise<void> {
  const half = Math.ceil(lines.length / 2);
  const before = alice.saidCount();
  const stamped = () => alice.saidCount() - before - alice.count('queued');
  alice.open(bob);
  alice.say(lines.slice(0, half));
  await alice.until('the relay stamped some', () => (stamped() * 2 >= half ? true : null));
  const { pid } = relay;
  await relay.kill();
  alice.say(lines.slice(half));
  await alice.until('all were in the outbox', () => (alice.saidCount() - before >= lines.length ? true : null));
  screen.tell(
    `kill -9 ${pid}: the relay is gone in the middle of it. Stamped so far: ${stamped()}. ` +
      `In Alice’s outbox (“queued”): ${alice.count('queued')}.`,
  );
}

async function safetyWords(alice: Person, bob: Person): Promise<string> {
  const [hers, his] = await Promise.all([safetyNumber(alice, bob), safetyNumber(bob, alice)]);
  if (hers !== his) throw new TypeError('the safety numbers differ');
  return `Both see the same safety number: ${hers.replace(/\d{5}/g, '$& ').slice(0, 29)} …`;
}

async function safetyNumber(person: Person, other: Person): Promise<string> {
  const [answer] = await person.ask<{ readonly number: string }>('verify', other.name);
  return answer?.number ?? '';
}
