// What is being typed: one unfinished text per contact, in the sealed store only. Never sent; what waits for an acceptance is in drafts.ts.
import type { CallOutput, PeerEvent } from '../api.ts';
import { hex } from '../base/bytes.ts';
import { Change } from '../store/change.ts';
import { findContact } from './contacts.ts';
import type { Announce, Reading } from './parts.ts';
import { type B64, bytesOf, keys, readRecord, writeRecord } from './records.ts';

/** An unfinished text and the time of its last change, ms. */
interface TypedRecord {
  readonly text: string;
  readonly at: number;
}

/**
 * Keeps what is being typed for a contact in whatever state, in place of what was kept before; an empty text forgets it.
 * @param text bounded by the contract
 * @param announce hears of a change. @throws NOT_FOUND, AMBIGUOUS, STORE_FAILED
 */
export async function saveTyped(parts: Reading, who: string, text: string, announce: Announce): Promise<Record<string, never>> {
  await parts.serial(async () => {
    const change = new Change(parts.store);
    const { root } = await findContact(change, who);
    const before = await readRecord<TypedRecord>(change, keys.typed(root));
    if (text === (before?.text ?? '')) return;
    const at = parts.clock.now();
    if (text === '') change.delete(keys.typed(root));
    else writeRecord(change, keys.typed(root), { text, at } satisfies TypedRecord);
    if ((before === null) !== (text === '')) await list(change, root, text !== '');
    await change.commit();
    announce(typedEvent(root, text, at));
  });
  return {};
}

/** Forgets what is being typed for a contact as part of `change`. @param news called after its commit */
export async function forgetTyped(
  parts: Reading & { readonly announce: Announce },
  change: Change,
  root: B64,
  news: (() => void)[],
): Promise<void> {
  if ((await readRecord<TypedRecord>(change, keys.typed(root))) === null) return;
  change.delete(keys.typed(root));
  await list(change, root, false);
  news.push(() => parts.announce(typedEvent(root, '', parts.clock.now())));
}

function typedEvent(root: B64, text: string, at: number): PeerEvent {
  return { event: 'typed', account: hex(bytesOf(root)), text, at };
}

/** Everything that is being typed, the newest first. @throws STORE_FAILED, STORE_DAMAGED */
export async function typed({ store }: Reading): Promise<CallOutput<'typed'>> {
  const roots = (await readRecord<B64[]>(store, keys.typedList())) ?? [];
  const found = await Promise.all(
    roots.map(async (root) => {
      const record = await readRecord<TypedRecord>(store, keys.typed(root));
      return record === null ? [] : [{ account: hex(bytesOf(root)), text: record.text, at: record.at }];
    }),
  );
  return found.flat().sort((a, b) => b.at - a.at);
}

async function list(change: Change, root: B64, isTyped: boolean): Promise<void> {
  const others = ((await readRecord<B64[]>(change, keys.typedList())) ?? []).filter((other) => other !== root);
  writeRecord(change, keys.typedList(), isTyped ? [...others, root] : others);
}
