// Things a person should know, kept on the disk in the same change as what caused them, and told once.
import type { Warning } from '../api.ts';
import { hex } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import { rangeOf } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { Parts } from './parts.ts';
import { type B64, bytesOf, decodeRecord, keys, type WarningRecord, writeRecord } from './records.ts';
import { warningView } from './views.ts';

/** How many warnings a listing shows, newest first. */
const SHOWN = 100;

/** What happened, in one plain sentence; `proof` is JSON for whoever investigates, without keys or text. */
export interface Notice {
  readonly kind: Warning['kind'];
  readonly conversation: B64 | null;
  readonly text: string;
  readonly proof?: string;
}

/** How long the same sentence is not said again, ms: a contact or a relay that repeats itself must not push other warnings out of sight. */
const QUIET_MS = 3_600_000;
/** Kinds that somebody else can bring about with every single entry, or a relay with every connection. */
const REPEATED: ReadonlySet<Warning['kind']> = new Set(['fork', 'manifest', 'restored', 'versions', 'withheld']);
/** When each sentence was last kept, by the peer it belongs to; in memory, so that a restart says it once more. */
const kept = new WeakMap<Parts, Map<string, number>>();
/** What the change under way says already, by the news that follow it. */
const underWay = new WeakMap<(() => void)[], Set<string>>();

/** True when the very same was kept a moment ago, or is part of this change. */
function isRepeated(parts: Parts, news: (() => void)[], { kind, conversation, text }: Notice): boolean {
  if (!REPEATED.has(kind)) return false;
  const times = kept.get(parts) ?? new Map<string, number>();
  const now = underWay.get(news) ?? new Set<string>();
  kept.set(parts, times);
  underWay.set(news, now);
  const key = `${kind} ${conversation ?? ''} ${text}`;
  const at = parts.clock.monotonic();
  if (now.has(key) || at - (times.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return true;
  now.add(key);
  // Only once it is on the disk: a change that fails takes its warning along.
  news.push(() => times.set(key, at));
  return false;
}

/** Keeps a warning with the change, unless the same was said a moment ago; told when `news` runs, after the commit. */
export function warn(parts: Parts, change: Change, news: (() => void)[], notice: Notice): void {
  if (isRepeated(parts, news, notice)) return;
  const record: WarningRecord = {
    kind: notice.kind,
    conversation: notice.conversation === null ? null : hex(bytesOf(notice.conversation)),
    text: notice.text,
    at: parts.clock.now(),
    proof: notice.proof ?? null,
  };
  writeRecord(change, keys.warning(parts.nextNumber()), record);
  news.push(() => parts.announce({ event: 'warning', warning: warningView(record) }));
}

/** The newest warnings, newest first. */
export async function warnings(store: Store): Promise<WarningRecord[]> {
  const found: WarningRecord[] = [];
  for await (const { value } of store.range({ ...rangeOf('warning', []), reverse: true, limit: SHOWN }))
    found.push(decodeRecord<WarningRecord>(value));
  return found;
}
