// Presence is the truth about connections: whatever comes, goes, hides, falls silent and watches, in whatever order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, hex } from '../../core/base/bytes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { PresentSchema } from '../../core/wire/gen/relay_pb.ts';
import { PRESENCE_PUSH_MS, PRESENCE_STEP_MS, PRESENCE_TTL_MS } from '../../core/wire/limits.ts';
import { decode } from '../../core/wire/proto.ts';
import type { Answers } from '../../relay/answers.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import { Board } from '../../relay/presence/board.ts';
import { Live } from '../../relay/presence/live.ts';
import { Subscription } from '../../relay/subscription.ts';
import { type HandClock, handClock } from '../support/net-clock.ts';

const READERS = 3;
const LINES = 5;
const log: Bytes = new Uint8Array(32).fill(9);
const readerOf = (n: number): Bytes => new Uint8Array(32).fill(n + 1);
const names = Array.from({ length: READERS }, (_, n) => hex(readerOf(n)));

type Step =
  | { readonly do: 'come' | 'show' | 'hide' | 'watch' | 'go' | 'speak' | 'stall' | 'read'; readonly line: number }
  | { readonly do: 'pass'; readonly ms: number };
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('come', 'watch', 'speak'), line: fc.nat(LINES - 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('show', 'hide', 'go', 'stall', 'read'), line: fc.nat(LINES - 1) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(10, PRESENCE_PUSH_MS, PRESENCE_TTL_MS / 3, PRESENCE_TTL_MS) }),
  },
);

/** A line as it truly is, and what it was told. */
class TestLine {
  readonly reader: string;
  readonly live: Live;
  readonly #clock: HandClock;
  readonly #subscription: (handle: number) => Subscription;
  subscription: Subscription | null = null;
  shows = false;
  watches = false;
  hasRoom = true;
  heard: number;
  seen = new Map<string, number>();

  constructor(board: Board, clock: HandClock, n: number) {
    this.reader = names[n % READERS] ?? '';
    this.#clock = clock;
    this.heard = clock.monotonic();
    const add = (_type: number, _request: number, payload: Bytes) => this.#told(payload);
    const room = () => this.hasRoom;
    const answers = {
      add,
      get hasRoom() {
        return room();
      },
    } as unknown as Answers;
    this.live = new Live(board, answers, () => this.heard);
    this.#subscription = (handle) => new Subscription(handle, log, readerOf(n % READERS), 0, 0);
  }

  come(): void {
    if (this.subscription !== null) return;
    this.subscription = this.#subscription(1);
    this.shows = true;
    this.speak();
    this.live.sit(this.subscription, true);
  }

  go(): void {
    this.subscription?.end();
    this.subscription = null;
    this.shows = false;
    this.watches = false;
  }

  set(show: boolean, watch: boolean): void {
    this.come();
    this.speak();
    [this.shows, this.watches] = [show, watch];
    const reply = this.live.set(1, show, watch);
    expect(reply.type).toBe(FRAME.PRESENT);
    this.#told(reply.payload);
  }

  speak(): void {
    this.heard = this.#clock.monotonic();
    this.live.awake();
  }

  read(): void {
    this.hasRoom = true;
    this.live.room();
  }

  #told(payload: Bytes): void {
    const { whole, readers } = decode(PresentSchema, payload, 'presence');
    if (whole) this.seen.clear();
    for (const { reader, online, lastSeen } of readers) this.seen.set(hex(reader as Bytes), online ? 1 : Number(lastSeen));
  }
}

test('what a watcher was told is what is true, once its line had room and a moment passed', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 60 }), (steps) => {
      const clock = handClock();
      const board = new Board(clock, new Metrics());
      const lines = Array.from({ length: LINES }, (_, n) => new TestLine(board, clock, n));
      for (const step of steps) take(step, clock, lines);
      for (const line of lines) line.read();
      clock.pass(PRESENCE_TTL_MS / 9 + 2 * PRESENCE_PUSH_MS);
      const silentBefore = clock.monotonic() - PRESENCE_TTL_MS;
      const isHere = (name: string) => lines.some((line) => line.reader === name && line.shows && line.heard >= silentBefore);
      for (const watcher of lines.filter(({ watches }) => watches)) {
        for (const name of names.filter((other) => other !== watcher.reader)) {
          const said = watcher.seen.get(name) ?? 0;
          if (!isOnTheEdge(lines, name, clock)) expect(said === 1, `${name} here`).toBe(isHere(name));
          if (said > 1) expect(said % PRESENCE_STEP_MS).toBe(0);
          expect(said).toBeLessThanOrEqual(clock.now());
        }
      }
      for (const line of lines) line.go();
      expect(board.logs).toBeLessThanOrEqual(1);
      expect(board.remembered).toBeLessThanOrEqual(READERS);
    }),
  );
});

/** Silent for just as long as the time to live, within one look. */
function isOnTheEdge(lines: readonly TestLine[], name: string, clock: HandClock): boolean {
  const age = (line: TestLine) => clock.monotonic() - line.heard - PRESENCE_TTL_MS;
  return lines.some((line) => line.reader === name && line.shows && age(line) >= 0 && age(line) <= PRESENCE_TTL_MS / 9 + PRESENCE_PUSH_MS);
}

function take(step: Step, clock: HandClock, lines: readonly TestLine[]): void {
  if (step.do === 'pass') {
    clock.pass(step.ms);
    return;
  }
  const line = lines[step.line];
  if (step.do === 'come') line?.come();
  if (step.do === 'show') line?.set(true, line.watches);
  if (step.do === 'hide') line?.set(false, false);
  if (step.do === 'watch') line?.set(true, true);
  if (step.do === 'go') line?.go();
  if (step.do === 'speak') line?.speak();
  if (step.do === 'read') line?.read();
  if (step.do === 'stall' && line !== undefined) line.hasRoom = false;
}
