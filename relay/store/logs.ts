// Making and closing logs, and their reader lists, each as a job of the one writer.
import { type Bytes, concat } from '../../core/base/bytes.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { type Job, small } from './group-commit.ts';
import type { Heads } from './heads.ts';
import { keyOf, textOf } from './keys.ts';
import { decodeReaders, emptyHead, encodeReaders } from './records.ts';
import type { Dues, LogSpec } from './store.ts';
import { chargeIn } from './usage.ts';

/** Makes a log; false when another spec stands under this id, how long to wait (ms) when its dues are more than there is. */
export function createLog(heads: Heads, spec: LogSpec, dues: Dues | null, lifetimeMs: number): Job<boolean | number> {
  return small(512, async (turn) => {
    const record = concat(spec.nonce, spec.read, spec.append, spec.manage);
    const there = await turn.get(keyOf('spec', spec.id));
    if (there !== null) return textOf(there) === textOf(record);
    const wait = dues === null ? 0 : await chargeIn(turn, dues, lifetimeMs);
    if (wait > 0) return wait;
    turn.put(keyOf('spec', spec.id), record);
    heads.make(turn, new Uint8Array(spec.id), emptyHead(chainStart(spec.id)));
    return true;
  });
}

/** Closes a log for appends; closing twice is harmless. */
export function closeLog(heads: Heads, log: Bytes): Job<void> {
  return small(256, async (turn) => {
    const head = await heads.get(turn, log);
    if (head === null || head.closed) return;
    head.closed = true;
    turn.heads.add(head);
    turn.changed.add(head.text);
  });
}

/** Who was listed before keeps the number since which it is; a new one is listed since the newest entry. */
export function setReaders(heads: Heads, log: Bytes, readers: readonly Bytes[]): Job<void> {
  return small(64 + readers.length * 40, async (turn) => {
    const head = await heads.get(turn, log);
    if (head === null) return;
    const before = await turn.get(keyOf('readers', log));
    const since = new Map((before === null ? [] : decodeReaders(before)).map((one) => [textOf(one.reader), one.since]));
    const unique = new Map(readers.map((reader) => [textOf(reader), reader]));
    head.listed = unique.size > 0;
    turn.heads.add(head);
    if (head.listed)
      turn.put(keyOf('readers', log), encodeReaders([...unique].map(([text, reader]) => ({ reader, since: since.get(text) ?? head.seq }))));
    else turn.delete(keyOf('readers', log));
  });
}
