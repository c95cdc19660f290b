// What is about to be on the disk, told while the disk is at work: whoever signs heads has the newest one ready when it may be sent.
import type { Bytes } from '../../core/base/bytes.ts';
import type { Turn } from './turn.ts';
import type { Watchers } from './watch.ts';

/** Logs of one batch whose points are told: what a few people say to each other. Of a large batch most would be past before they are sent. */
const FEW_LOGS = 4;

/** Told of a log's newest point; it may not be said to anybody yet, and perhaps never. */
export type Coming = (log: Bytes, point: { readonly seq: number; readonly time: number; readonly chain: Bytes }) => void;

/** Tells of the logs of a batch that somebody watches, once the batch is on its way. */
export function foretell({ changed, heads }: Turn, watchers: Watchers<[]>, coming: Coming): void {
  if (changed.size === 0 || changed.size > FEW_LOGS) return;
  for (const { text, log, seq, time, chain } of heads) {
    if (changed.has(text) && watchers.has(text)) setImmediate(() => coming(log, { seq, time, chain }));
  }
}
