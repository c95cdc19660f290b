// New wrap keys in time: a key serves 7 days or 10,000 entries, since the wrap itself has no forward secrecy.
import { create } from '@bufbuild/protobuf';
import { random } from '../base/clock.ts';
import { generationId } from '../session/wrap.ts';
import type { Change } from '../store/change.ts';
import { NewGenerationSchema } from '../wire/gen/content_pb.ts';
import { freshInner } from './compose.ts';
import { currentGeneration, generationIsSpent, livingGenerations, loadConversation, saveConversation } from './conversations.ts';
import type { Parts } from './parts.ts';
import { type B64, fieldOf, keys, type OutboxRecord, readRecord } from './records.ts';
import { sayInto } from './send.ts';

/** Says a new wrap key first when the present one is spent; what follows is wrapped under it. */
export async function renewGeneration(parts: Parts, change: Change, conversation: B64, news: (() => void)[]): Promise<void> {
  const record = await loadConversation(change, conversation);
  const now = parts.clock.now();
  if (!generationIsSpent(record, now)) return;
  const number = currentGeneration(record).number + 1;
  const key = random(32);
  const what = { case: 'generation' as const, value: create(NewGenerationSchema, { number, key }) };
  const n = await sayInto(parts, change, { conversation, inner: freshInner(), what }, news);
  const queued = await readRecord<OutboxRecord>(change, keys.outbox(n));
  const after = await loadConversation(change, conversation);
  const generation = { number, id: fieldOf(generationId(key)), key: fieldOf(key), since: now, place: null, outer: queued?.outer ?? null };
  saveConversation(change, { ...after, generations: livingGenerations([...after.generations, generation], now), entriesInGeneration: 0 });
}
