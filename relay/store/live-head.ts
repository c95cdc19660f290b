// A log's head while it is in use: what the one writer counts on from.
import type { Bytes } from '../../core/base/bytes.ts';
import type { HeadRecord } from './records.ts';

/** A head as the writer has it: ahead of the disk by the turns not yet there. Only changed inside a turn, with `touch`. */
export interface LiveHead extends HeadRecord {
  readonly log: Bytes;
  /** The log id as text: key of maps. */
  readonly text: string;
  readonly key: Bytes;
}
