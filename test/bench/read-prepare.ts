// Fills a home with a long history through the product's own stations for keeping what was opened: its records exactly, no ratchet steps.
import { create } from '@bufbuild/protobuf';
import { random, systemClock } from '../../core/base/clock.ts';
import { beginBatch, commitBatch } from '../../core/peer/batch.ts';
import { cursorOf } from '../../core/peer/chain-check.ts';
import { allConversations } from '../../core/peer/conversations.ts';
import { Engine } from '../../core/peer/engine.ts';
import { openHome } from '../../core/peer/home.ts';
import { keepMessage, slotAt } from '../../core/peer/keep.ts';
import { bytesOf, fieldOf, keys, writeRecord } from '../../core/peer/records.ts';
import { createSerial } from '../../core/session/lock.ts';
import { Change } from '../../core/store/change.ts';
import { ContentSchema, TextSchema } from '../../core/wire/gen/content_pb.ts';
import { tell, workerInput } from './processes.ts';

/** Which home, and how many messages. */
export interface HistoryInput {
  readonly home: string;
  readonly messages: number;
}

/** Messages of one commit. */
const BATCH = 500;

const { home, messages } = workerInput<HistoryInput>();
const store = await openHome(home, null);
const engine = await Engine.start({ store, clock: systemClock, serial: createSerial(), announce: () => undefined });
const [conversation] = await allConversations(store);
const epoch = conversation?.epochs.at(-1);
if (conversation === undefined || epoch === undefined) throw new Error('there is no conversation in this home');
const contact = bytesOf(conversation.contact);
let { seq, time } = await cursorOf(store, epoch.log);
for (let done = 0; done < messages; done += BATCH) {
  const change = new Change(store);
  const batch = await beginBatch(engine.parts, change, conversation.id);
  let chain = random(32);
  for (let at = 0; at < Math.min(BATCH, messages - done); at++) {
    seq += 1;
    time += 1_000;
    chain = random(32);
    const slot = slotAt(epoch.number, { seq, time, chain, id: random(32) });
    const mine = seq % 3 === 0;
    const author = mine ? { root: engine.parts.self().me.root, device: 1 } : { root: contact, device: 1 };
    const text = `Message ${seq} of a long history, with as many words in it as a real one has.`;
    const what = { case: 'text' as const, value: create(TextSchema, { text }) };
    const content = create(ContentSchema, { id: random(16), sentAt: BigInt(time), lamport: BigInt(seq), what });
    await keepMessage(batch, slot, author, content, text);
  }
  writeRecord(change, keys.cursor(epoch.log), { seq, chain: fieldOf(chain), time });
  await commitBatch(batch);
}
await engine.close();
await store.close();
tell({ done: true });
