// Signals and presence of one connection: its seats, its allowance of signals, and whether it still shows life.

import { Bucket } from '../../core/base/bucket.ts';
import type { Bytes } from '../../core/base/bytes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { SignalSchema } from '../../core/wire/gen/relay_pb.ts';
import { MAX_WATCHES, SIGNAL_BURST, SIGNAL_BYTES, SIGNALS_PER_SECOND } from '../../core/wire/limits.ts';
import { decode } from '../../core/wire/proto.ts';
import type { Answers } from '../answers.ts';
import type { Handle } from '../handles.ts';
import { type Reply, refused } from '../reply.ts';
import type { Subscription } from '../subscription.ts';
import type { Board, LookedAt } from './board.ts';
import type { Line, Seat } from './log-board.ts';

/** One connection at the board. */
export class Live implements Line, LookedAt {
  readonly answers: Answers;
  silent = false;
  readonly #board: Board;
  readonly #heard: () => number;
  readonly #bucket: Bucket;
  readonly #seats = new Map<number, Seat>();

  constructor(board: Board, answers: Answers, heard: () => number) {
    this.#board = board;
    this.answers = answers;
    this.#heard = heard;
    this.#bucket = new Bucket(board.clock, { burst: SIGNAL_BURST, perSecond: SIGNALS_PER_SECOND });
  }

  get heard(): number {
    return this.#heard();
  }

  /** A subscription takes its seat until it ends. */
  sit(subscription: Subscription, show: boolean): void {
    const { handle, log, reader } = subscription;
    const seat = this.#board.sit(this, handle, log, reader, show);
    this.#seats.set(handle, seat);
    this.#board.watchLine(this);
    subscription.onEnd(() => {
      this.#seats.delete(handle);
      if (this.#seats.size === 0) this.#board.unwatchLine(this);
      this.#board.leave(seat);
    });
  }

  /** PUT_SIGNAL: passed on, or dropped without a word. */
  signal(payload: Bytes, handleOf: (number: number) => Handle | null): void {
    if (this.#bucket.take() > 0) {
      this.#board.metrics.count('signals_dropped');
      return;
    }
    const { handle: number, value } = decode(SignalSchema, payload, 'signal');
    const handle = handleOf(number);
    if (handle === null || handle.link !== null || !handle.rights.has('append') || value.length !== SIGNAL_BYTES) return;
    this.#board.pass(this, handle.log, value as Bytes);
  }

  /** What a subscription shows and watches from now on. */
  set(number: number, show: boolean, watch: boolean): Reply {
    const seat = this.#seats.get(number);
    if (seat === undefined) return refused('CONFLICT', 'The handle has no subscription.');
    if (watch && !show) return refused('CONFLICT', 'Who hides sees nobody.');
    if (watch && !seat.watch && this.#watches() >= MAX_WATCHES) return refused('QUOTA', 'This connection watches too many logs.');
    this.#board.set(seat, show, watch);
    return { type: FRAME.PRESENT, payload: this.#board.present(seat) };
  }

  /** Is it silent: nothing came since then, ms of the monotonic clock. */
  look(since: number): void {
    this.#turn(this.heard < since);
  }

  /** Something came. */
  awake(): void {
    if (this.silent) this.#turn(false);
  }

  /** There is room again: what could not be told is told as a whole. */
  room(): void {
    for (const seat of this.#seats.values()) {
      if (!seat.stale || !this.answers.hasRoom) continue;
      seat.stale = false;
      this.answers.add(FRAME.PRESENT, 0, this.#board.present(seat));
    }
  }

  #turn(silent: boolean): void {
    if (silent === this.silent) return;
    this.silent = silent;
    for (const seat of this.#seats.values()) {
      this.#board.count(seat);
      this.#board.moved(seat, !silent);
    }
  }

  #watches(): number {
    let watches = 0;
    for (const seat of this.#seats.values()) if (seat.watch) watches += 1;
    return watches;
  }
}
