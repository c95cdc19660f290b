// Everybody who is connected to a log now: passes signals on, and tells those who watch who is here. Memory only: nothing of this may
// ever reach the disk or a log, and it names readers, never PeerIds (C7).

import { Bucket } from '../../core/base/bucket.ts';
import { type Bytes, hex, unhex } from '../../core/base/bytes.ts';
import type { Clock } from '../../core/base/clock.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { PresentSchema, SignalSchema } from '../../core/wire/gen/relay_pb.ts';
import { MAX_PRESENT, PRESENCE_STEP_MS, PRESENCE_TTL_MS, SIGNAL_BURST, SIGNALS_PER_SECOND } from '../../core/wire/limits.ts';
import { encode } from '../../core/wire/proto.ts';
import type { Metrics } from '../operator/metrics.ts';
import { type Known, type Line, LogBoard, type Seat } from './log-board.ts';

/** Readers of all logs that left and whose last time is remembered: about 550 bytes each with its log, 36 MB at most. */
const MAX_REMEMBERED = 65_536;
/** Signals of one log, in connections' worth. */
const LOG_SIGNALS = { burst: 4 * SIGNAL_BURST, perSecond: 4 * SIGNALS_PER_SECOND };
/** How many times within the time to live connections are looked at for silence. */
const LOOKS = 9;

/** A connection, as far as the board looks at it. */
export interface LookedAt {
  look(since: number): void;
}

/** Hears that a reader (hex) came to a log (hex), or went or fell silent; it may be there by another connection still. */
export type Moved = (log: string, reader: string, isHere: boolean) => void;

/** Signals and presence of one relay. */
export class Board {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly #ttl: number;
  readonly #logs = new Map<string, LogBoard>();
  readonly #lines = new Set<LookedAt>();
  /** Readers that left, the longest ago first. */
  readonly #left = new Set<Known>();
  #cancelLook: (() => void) | null = null;
  #moved: Moved = () => undefined;

  /** @param ttl ms of silence after which a connection is nobody */
  constructor(clock: Clock, metrics: Metrics, ttl = PRESENCE_TTL_MS) {
    this.clock = clock;
    this.metrics = metrics;
    this.#ttl = ttl;
  }

  /** Readers that left and are remembered. */
  get remembered(): number {
    return this.#left.size;
  }

  /** Logs it knows of. */
  get logs(): number {
    return this.#logs.size;
  }

  /** Tells every move from now on, whether it is shown to others or not. */
  onMove(moved: Moved): void {
    this.#moved = moved;
  }

  /** A seat came, went, fell silent or woke up. */
  moved({ board, reader }: Seat, isHere: boolean): void {
    this.#moved(board.log, reader, isHere);
  }

  /** True while a connection of this reader that shows life is subscribed to the log. */
  isHere(log: Bytes, reader: Bytes): boolean {
    const name = hex(reader);
    for (const seat of this.#logs.get(hex(log))?.seats ?? []) if (seat.reader === name && !seat.line.silent) return true;
    return false;
  }

  /** A subscription begins. */
  sit(line: Line, handle: number, log: Bytes, reader: Bytes, show: boolean): Seat {
    const seat: Seat = {
      line,
      handle,
      board: this.#board(hex(log)),
      reader: hex(reader),
      show,
      watch: false,
      counted: false,
      stale: false,
    };
    seat.board.seats.add(seat);
    if (show) this.count(seat);
    else this.#hide(seat);
    this.moved(seat, true);
    return seat;
  }

  /** It ended. */
  leave(seat: Seat): void {
    seat.board.seats.delete(seat);
    seat.board.setWatching(seat, false);
    this.count(seat, true);
    this.#tidy(seat.board);
    this.moved(seat, false);
  }

  /** Sets what a seat shows and watches; whoever shows nothing watches nobody. */
  set(seat: Seat, show: boolean, watch: boolean): void {
    seat.show = show;
    seat.watch = show && watch;
    seat.stale = false;
    seat.board.setWatching(seat, seat.watch);
    this.count(seat);
    if (!show) this.#hide(seat);
  }

  /** Counts a seat in or out, as it is now. */
  count(seat: Seat, over = false): void {
    const wanted = seat.show && !over && !seat.line.silent;
    if (wanted === seat.counted) return;
    const { board, reader } = seat;
    const known = board.know(reader) ?? this.#knowInPlaceOfAnother(board, reader);
    if (known === null) return;
    seat.counted = wanted;
    known.here += wanted ? 1 : -1;
    this.#left.delete(known);
    if (known.here > 0) known.lastSeen = 0;
    else if (seat.show) this.#remember(known, seat.line.heard);
    else this.#drop(known);
    if (known.here === (wanted ? 1 : 0)) board.changed(reader, this.clock, () => this.#tell(board, reader));
  }

  /** What a seat may know, as the answer to its wish and after a jam. */
  present(seat: Seat): Bytes {
    const others = seat.watch ? [...seat.board.readers.keys()].filter((reader) => reader !== seat.reader) : [];
    return presentOf(seat, seat.watch, others);
  }

  /** Passes a signal on to every other connection at the log that has room for it. */
  pass(from: Line, log: Bytes, value: Bytes): void {
    const board = this.#logs.get(hex(log));
    if (board === undefined) return;
    board.signals ??= new Bucket(this.clock, LOG_SIGNALS);
    if (board.seats.size > MAX_PRESENT || board.signals.take() > 0) this.metrics.count('signals_dropped');
    else for (const seat of board.seats) if (seat.line !== from) this.#give(seat, value);
  }

  /** A connection with seats is looked at from now on. */
  watchLine(line: LookedAt): void {
    this.#lines.add(line);
    this.#cancelLook ??= this.clock.after(this.#ttl / LOOKS, () => this.#look());
  }

  unwatchLine(line: LookedAt): void {
    this.#lines.delete(line);
  }

  #look(): void {
    const since = this.clock.monotonic() - this.#ttl;
    for (const line of this.#lines) line.look(since);
    this.#cancelLook = this.#lines.size === 0 ? null : this.clock.after(this.#ttl / LOOKS, () => this.#look());
  }

  #give(seat: Seat, value: Bytes): void {
    const { answers } = seat.line;
    if (!answers.isCalm) {
      this.metrics.count('signals_dropped');
      return;
    }
    this.metrics.count('signals_passed');
    answers.add(FRAME.SIGNAL, 0, encode(SignalSchema, { handle: seat.handle, value }));
  }

  #tell(board: LogBoard, reader: string): void {
    for (const seat of board.watchers) {
      if (seat.reader === reader || seat.stale) continue;
      if (!seat.line.answers.hasRoom) {
        seat.stale = true;
        continue;
      }
      this.metrics.count('presence_told');
      seat.line.answers.add(FRAME.PRESENT, 0, presentOf(seat, false, [reader]));
    }
  }

  /** Nothing is remembered of a reader that hides, and a watcher cannot tell it from one that never came. */
  #hide({ board, reader }: Seat): void {
    const known = board.readers.get(reader);
    if (known === undefined || known.here > 0) return;
    this.#drop(known);
    board.changed(reader, this.clock, () => this.#tell(board, reader));
  }

  #remember(known: Known, heard: number): void {
    const seen = this.clock.now() - (this.clock.monotonic() - heard);
    known.lastSeen = Math.floor(seen / PRESENCE_STEP_MS) * PRESENCE_STEP_MS;
    this.#left.add(known);
    if (this.#left.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#left) {
      this.#drop(oldest);
      return;
    }
  }

  #knowInPlaceOfAnother(board: LogBoard, reader: string): Known | null {
    for (const other of board.readers.values()) {
      if (other.here > 0) continue;
      this.#drop(other);
      return board.know(reader);
    }
    return null;
  }

  #drop(known: Known): void {
    this.#left.delete(known);
    known.board.forget(known.reader);
    this.#tidy(known.board);
  }

  #board(log: string): LogBoard {
    const board = this.#logs.get(log) ?? new LogBoard(log);
    this.#logs.set(log, board);
    return board;
  }

  #tidy(board: LogBoard): void {
    if (board.empty && this.#logs.get(board.log) === board) this.#logs.delete(board.log);
  }
}

function presentOf(seat: Seat, whole: boolean, readers: readonly string[]): Bytes {
  const named = readers.map((reader) => {
    const known = seat.board.readers.get(reader);
    return { reader: unhex(reader), online: (known?.here ?? 0) > 0, lastSeen: BigInt(known?.lastSeen ?? 0) };
  });
  return encode(PresentSchema, { handle: seat.handle, whole, readers: named });
}
