// A home log without its relay: entries put straight into a person's engine, as a relay that can say anything would push them.
import type { Bytes } from '../../core/base/bytes.ts';
import { cursorOf } from '../../core/peer/chain-check.ts';
import { allConversations, homeOf } from '../../core/peer/conversations.ts';
import { takeRun } from '../../core/peer/receive.ts';
import { bytesOf, type ConversationRecord, type EpochRecord } from '../../core/peer/records.ts';
import { chainNext } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import type { Person } from './people.ts';

/** The person's only conversation and its home. */
export async function onlyConversation(person: Person): Promise<{ readonly conversation: ConversationRecord; readonly home: EpochRecord }> {
  const [conversation] = await allConversations(person.engine.parts.store);
  const home = conversation === undefined ? null : homeOf(conversation);
  if (conversation === undefined || home === null) throw new Error('There is no conversation with a home.');
  return { conversation, home };
}

/** Pushes envelopes behind everything the person has taken of the log; resolves once they are committed. Answers the first number. */
export async function pushed(person: Person, ...envelopes: readonly Bytes[]): Promise<number> {
  const { parts } = person.engine;
  const { conversation, home } = await onlyConversation(person);
  const cursor = await cursorOf(parts.store, home.log);
  let chain = bytesOf(cursor.chain);
  const entries = envelopes.map((envelope, at) => {
    const [seq, time] = [cursor.seq + 1 + at, cursor.time + 1 + at];
    chain = chainNext(chain, seq, time, envelopeId(envelope));
    return { seq, time, envelope };
  });
  const last = entries.at(-1);
  if (last === undefined) throw new Error('Nothing to push.');
  const head = { log: bytesOf(home.log), seq: last.seq, chain, time: last.time, signature: new Uint8Array(64) };
  const outcome = await takeRun(parts, conversation.id, home, [{ entries, head }]);
  if (outcome.kind !== 'taken') throw new Error(outcome.reason);
  return cursor.seq + 1;
}
