// Appending inside the one writer's turn: known bytes get their stamp again, new ones the next; entry, id and head go into one batch.
import { SottoError } from '../../core/base/errors.ts';
import { HASH_BYTES, MAX_ENVELOPE_BYTES } from '../../core/wire/limits.ts';
import { nextStamp } from '../stamp.ts';
import type { EntryWriter } from './entry-writer.ts';
import type { Job } from './group-commit.ts';
import type { Heads } from './heads.ts';
import type { IdFilter } from './id-filter.ts';
import { entryKey, ID_KEY_BYTES, keyOf, textOf, writeIdKey } from './keys.ts';
import { decodeLink, encodeLink, type Link, refusalOf, withEntry } from './link-record.ts';
import type { LiveHead } from './live-head.ts';
import { decodeEntry, decodeNumber, ENTRY_HEADER_BYTES, viewOf } from './records.ts';
import type { AppendRefusal, StoredStamp, Submission } from './store.ts';
import type { Turn } from './turn.ts';

/** What `manage` may use beyond a log's quota, so that an offender can always be removed (H10), bytes. */
export const MANAGE_RESERVE_BYTES = 262_144;

/** What an append answers. */
export interface AppendOutcome {
  readonly stamps: readonly StoredStamp[];
  readonly refusal: AppendRefusal | null;
}

/** What all appends of one store share. */
export interface AppendShared {
  readonly heads: Heads;
  readonly filter: IdFilter;
  readonly writer: EntryWriter;
  /** Bytes of entries one log may hold. */
  readonly quota: number;
}

/** Where the turn read ahead what one submission needs; -1: nothing was asked for. */
interface Places {
  head: number;
  id: number;
  link: number;
  known: number;
}

/** One connection's run. */
export class AppendJob implements Job<AppendOutcome> {
  readonly entries: number;
  readonly bytes: number;
  readonly #run: readonly Submission[];
  readonly #shared: AppendShared;
  readonly #idKeys: Buffer;
  readonly #idView: DataView;
  readonly #idTexts: string[] = [];
  #places: Places[] = [];

  /** @throws BAD_INPUT for an empty envelope or an id of another length */
  constructor(run: readonly Submission[], shared: AppendShared) {
    this.#run = run;
    this.#shared = shared;
    this.entries = run.length;
    this.#idKeys = Buffer.allocUnsafe(run.length * ID_KEY_BYTES);
    this.#idView = viewOf(this.#idKeys);
    let bytes = 0;
    let at = 0;
    for (const { log, id, envelope } of run) {
      if (envelope.length === 0 || id.length !== HASH_BYTES || log.length !== HASH_BYTES)
        throw new SottoError('BAD_INPUT', 'Not a submission.');
      bytes += envelope.length;
      writeIdKey(this.#idKeys, at, log, id);
      this.#idTexts.push(this.#idKeys.toString('latin1', at, at + ID_KEY_BYTES));
      at += ID_KEY_BYTES;
    }
    this.bytes = bytes;
  }

  want(turn: Turn): void {
    this.#places = [];
    let previous: Submission | null = null;
    let at = 0;
    for (const submission of this.#run) {
      const { log, link } = submission;
      const head = previous?.log === log ? (this.#places[at - 1]?.head ?? -1) : this.#shared.heads.want(turn, log);
      const id = this.#shared.filter.perhaps(this.#idView, at * ID_KEY_BYTES) ? turn.want(this.#idKey(at)) : -1;
      this.#places.push({ head, id, link: link === null ? -1 : turn.want(keyOf('link', link)), known: -1 });
      previous = submission;
      at++;
    }
  }

  wantMore(turn: Turn): void {
    let at = 0;
    for (const { log } of this.#run) {
      const places = this.#places[at++];
      const seq = places === undefined || places.id < 0 ? undefined : turn.found(places.id);
      if (places !== undefined && seq !== undefined) places.known = turn.want(entryKey(log, decodeNumber(seq)));
    }
  }

  apply(turn: Turn): AppendOutcome {
    const stamps: StoredStamp[] = [];
    let at = 0;
    for (const submission of this.#run) {
      const outcome = this.#one(turn, submission, at++);
      if (typeof outcome === 'string') return { stamps, refusal: outcome };
      stamps.push(outcome);
    }
    return { stamps, refusal: null };
  }

  #one(turn: Turn, submission: Submission, at: number): StoredStamp | AppendRefusal {
    const places = this.#places[at];
    const head = places === undefined ? null : this.#shared.heads.have(turn, submission.log, places.head);
    if (places === undefined || head === null) return 'NOT_FOUND';
    const known = this.#known(turn, head, places, at);
    if (known !== null) return known;
    if (head.closed) return 'CLOSED';
    const { envelope } = submission;
    if (envelope.length > MAX_ENVELOPE_BYTES) return 'TOO_LARGE';
    const link = this.#link(turn, submission, places);
    if (typeof link === 'string') return link;
    const refusal = link === null ? null : refusalOf(link, turn.now, envelope.length, seen(head));
    if (refusal !== null) return refusal;
    const size = ENTRY_HEADER_BYTES + envelope.length;
    if (head.bytes + size > this.#shared.quota + (submission.manage ? MANAGE_RESERVE_BYTES : 0)) return 'QUOTA';
    if (link !== null) turn.put(keyOf('link', link.linkHash), encodeLink(withEntry(link, head.seq + 1, seen(head))));
    return this.#accept(turn, head, submission, at);
  }

  /** The stamp these bytes have already (H6). */
  #known(turn: Turn, head: LiveHead, places: Places, at: number): StoredStamp | null {
    const given = turn.stampOf(this.#idText(at));
    if (given !== undefined) return { ...given, known: true };
    const number = places.id < 0 ? undefined : turn.found(places.id);
    const record = places.known < 0 ? undefined : turn.found(places.known);
    if (number === undefined || record === undefined) return null;
    const seq = decodeNumber(number);
    const { time, chain } = decodeEntry(record);
    return seq <= head.idFloor ? null : { seq, time, chain, known: true };
  }

  /** The link the submission came through: null when none, NOT_FOUND when it is gone or another log's. */
  #link(turn: Turn, submission: Submission, places: Places): Link | 'NOT_FOUND' | null {
    if (submission.link === null) return null;
    const written = turn.written(textOf(keyOf('link', submission.link)));
    const record = written === undefined ? turn.found(places.link) : written;
    if (record === null || record === undefined) return 'NOT_FOUND';
    const link = decodeLink(submission.link, record);
    return textOf(link.log) === textOf(submission.log) ? link : 'NOT_FOUND';
  }

  #accept(turn: Turn, head: LiveHead, { id, envelope }: Submission, at: number): StoredStamp {
    const { seq, time, chain } = nextStamp(head, turn.now, id);
    head.seq = seq;
    head.time = time;
    head.chain = chain;
    head.bytes += ENTRY_HEADER_BYTES + envelope.length;
    turn.heads.add(head);
    turn.changed.add(head.text);
    this.#shared.writer.write(turn, head.log, { seq, time, chain, id, envelope }, this.#idKey(at));
    this.#shared.filter.add(this.#idView, at * ID_KEY_BYTES);
    const stamp: StoredStamp = { seq, time, chain, known: false };
    turn.stamps.set(this.#idText(at), stamp);
    return stamp;
  }

  #idKey(at: number): Uint8Array {
    return this.#idKeys.subarray(at * ID_KEY_BYTES, (at + 1) * ID_KEY_BYTES);
  }

  #idText(at: number): string {
    return this.#idTexts[at] ?? '';
  }
}

/** The highest number the log's readers no longer wait for. */
function seen(head: LiveHead): number {
  return Math.max(head.acked, head.floor);
}
