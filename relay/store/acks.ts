// Cursors: how far a reader has taken a log. They hang on random reader ids, nothing on who connects (C7).
import { type Bytes, u64be } from '../../core/base/bytes.ts';
import { MAX_READERS } from '../../core/wire/limits.ts';
import type { GroupCommit, Job } from './group-commit.ts';
import type { Heads } from './heads.ts';
import { keyOf, textOf } from './keys.ts';
import { decodeNumber, decodeReaders } from './records.ts';
import type { Turn } from './turn.ts';

/** Cursors of one log: whoever may read could else invent reader ids without end. Listed readers always have one. */
const MAX_CURSORS = MAX_READERS;

/** Acks that came since the last batch, one per reader: they go to disk together. */
class AckJob implements Job<void> {
  readonly entries = 0;
  readonly bytes = 0;
  readonly #heads: Heads;
  readonly #acks = new Map<string, { readonly log: Bytes; readonly key: Bytes; readonly reader: Bytes; seq: number }>();

  constructor(heads: Heads) {
    this.#heads = heads;
  }

  add(log: Bytes, reader: Bytes, seq: number): void {
    const key = keyOf('cursor', log, reader);
    const text = textOf(key);
    const there = this.#acks.get(text);
    if (there === undefined) this.#acks.set(text, { log: new Uint8Array(log), key, reader: new Uint8Array(reader), seq });
    else there.seq = Math.max(there.seq, seq);
  }

  async apply(turn: Turn): Promise<void> {
    const acks = [...this.#acks.values()];
    const cursors = await turn.getMany(acks.map((ack) => ack.key));
    for (const [at, ack] of acks.entries()) await this.#one(turn, ack, cursors[at] ?? null);
  }

  async #one(turn: Turn, ack: { log: Bytes; key: Bytes; reader: Bytes; seq: number }, cursor: Uint8Array | null): Promise<void> {
    const head = await this.#heads.get(turn, ack.log);
    if (head === null) return;
    const seq = Math.min(ack.seq, head.seq);
    if (seq <= (cursor === null ? 0 : decodeNumber(cursor))) return;
    if (cursor === null) {
      if (head.cursors >= MAX_CURSORS && !(await isListed(turn, ack.log, ack.reader))) return;
      head.cursors++;
      turn.heads.add(head);
    }
    turn.put(ack.key, u64be(seq));
    if (seq > head.acked) {
      head.acked = seq;
      turn.heads.add(head);
    }
  }
}

/** The acks of a store: those that come while a batch is on its way wait for the next one together. */
export class Acks {
  readonly #heads: Heads;
  readonly #writer: GroupCommit;
  #gathering: { readonly job: AckJob; readonly done: Promise<void> } | null = null;

  constructor(heads: Heads, writer: GroupCommit) {
    this.#heads = heads;
    this.#writer = writer;
  }

  /** Resolves once it is on disk, or a newer one of the same reader. @throws STORE_FAILED, CLOSED */
  add(log: Bytes, reader: Bytes, seq: number): Promise<void> {
    this.#gathering ??= this.#gather();
    this.#gathering.job.add(log, reader, seq);
    return this.#gathering.done;
  }

  #gather(): { readonly job: AckJob; readonly done: Promise<void> } {
    const job = new AckJob(this.#heads);
    const closed = () => {
      if (this.#gathering?.job === job) this.#gathering = null;
    };
    const done = this.#writer.submitLazily({
      entries: 0,
      bytes: 0,
      apply: (turn) => {
        // From here on acks gather in a new job; this one may be applied again after a failure.
        closed();
        return job.apply(turn);
      },
    });
    done.catch(closed);
    return { job, done };
  }
}

async function isListed(turn: Turn, log: Bytes, reader: Bytes): Promise<boolean> {
  const list = await turn.get(keyOf('readers', log));
  return list !== null && decodeReaders(list).some((one) => textOf(one.reader) === textOf(reader));
}
