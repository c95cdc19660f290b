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

/** Keeps a warning with the change; told when `news` runs, after the commit. */
export function warn(parts: Parts, change: Change, news: (() => void)[], notice: Notice): void {
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
