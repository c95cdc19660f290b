// People who reach each other without a relay, on loopback; and strangers who try to.
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Message } from '../../core/api.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import type { DirectCalls } from '../../core/net/direct-calls.ts';
import { type DirectPeer, openDirect } from '../../core/net/direct-channel.ts';
import { createNode } from '../../core/net/node.ts';
import { DIRECT_PROTOCOL } from '../../core/wire/version.ts';
import { until } from './net-wait.ts';
import { becomeContacts, Person, type PersonOptions } from './people.ts';

/** Somebody who is online, gone when the test is over. */
export async function cast(name: string, options: PersonOptions = {}): Promise<Person> {
  const person = await (await Person.create(name, options)).start();
  onTestFinished(() => person.end());
  return person.goOnline();
}

/** Alice and Bob, in touch without any relay: Bob can be dialled, Alice dials. */
export async function meetDirectly(): Promise<{ readonly alice: Person; readonly bob: Person }> {
  const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
  await becomeContacts(alice, bob);
  return { alice, bob };
}

/** Where somebody can be dialled. */
export function addressOf(person: Person): string {
  return person.engine.direct?.addresses[0] ?? '';
}

/** Refuses everything it is asked. */
const DEAF: DirectCalls = {
  getContact: async () => ({ ok: false, refusal: { name: 'UNSUPPORTED', detail: '' } }),
  putInbox: async () => ({ ok: false, refusal: { name: 'UNSUPPORTED', detail: '' } }),
  offer: async () => ({ ok: false, refusal: { name: 'BUSY', detail: '' } }),
  putSlot: async () => ({ ok: false, refusal: { name: 'BUSY', detail: '' } }),
};

/** A connection of somebody with a key of their own, or with this one. */
export async function strangerAt(person: Person, key = signingKey()): Promise<DirectPeer> {
  const node = await createNode({ key, listen: [] });
  onTestFinished(() => node.stop());
  return openDirect(await node.dial(addressOf(person), DIRECT_PROTOCOL, AbortSignal.timeout(10_000)), DEAF);
}

/** Says texts in their order; the same text of the same person always has the same inner id, so saying it twice is saying it once. */
export async function say(person: Person, who: string, ...texts: readonly string[]): Promise<Message[]> {
  return Promise.all(texts.map((text) => person.send(who, text, innerOf(`${person.name} ${text}`))));
}

function innerOf(what: string): string {
  return createHash('sha256').update(what).digest('hex').slice(0, 32);
}

/** What somebody sees, as texts in order. */
export async function texts(person: Person, who: string): Promise<(string | null)[]> {
  return (await person.history(who)).map(({ text }) => text);
}

/** Waits until both see the same `count` messages in one order, and answers their texts. */
export async function sameOrder(alice: Person, bob: Person, count: number): Promise<(string | null)[]> {
  const both = async () => [await texts(alice, bob.name), await texts(bob, alice.name)] as const;
  await until(async () => {
    const [hers, his] = await both();
    return hers.length === count && JSON.stringify(hers) === JSON.stringify(his);
  }, `both see ${count} messages in one order`);
  return (await both())[0];
}

/** Waits until nothing in somebody's history may change its place any more, and answers (epoch, seq, text) in order. */
export async function settledOrder(person: Person, who: string, count: number): Promise<string[]> {
  const all = await person.sees(
    who,
    (messages) => messages.length === count && messages.every(({ seq, provisional }) => seq !== null && !provisional),
    `${count} settled messages`,
  );
  return all.map(({ epoch, seq, text }) => `${epoch}:${seq} ${text}`);
}
