// The thread that opens runs of envelopes while its owner keeps what was opened before. It has the device's keys in memory and no disk.
import { parentPort, workerData } from 'node:worker_threads';
import type { Bytes } from '../base/bytes.ts';
import { parseDevice } from './device.ts';
import { type OpenedAway, openRun, type RunToOpen, type RunWrite } from './open-run.ts';
import { type OpenedChunk, packOutcomes } from './opened-chunk.ts';

/** What the thread is started with. */
export interface ThreadStart {
  /** serializeDevice of this device. */
  readonly device: Bytes;
}

/** A run as it is sent: one buffer instead of hundreds. */
export interface RunMessage extends Omit<RunToOpen, 'envelopes'> {
  readonly bytes: Bytes;
  /** Where each envelope ends in `bytes`. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** What the thread answers: that it is up; of a run its outcomes as they come, then once what it writes, or that it failed. */
export type ThreadAnswer =
  | { readonly ready: true }
  | { readonly opened: OpenedChunk }
  | { readonly writes: readonly RunWrite[] }
  | { readonly fault: true };

/** Outcomes of one answer: enough that the crossing costs little, few enough that both sides are at work. */
const OUTCOMES = 32;

if (parentPort !== null) listen(parentPort, parseDevice((workerData as ThreadStart).device));

function listen(port: NonNullable<typeof parentPort>, me: ReturnType<typeof parseDevice>): void {
  let last: Promise<void> = Promise.resolve();
  port.postMessage({ ready: true } satisfies ThreadAnswer);
  port.on('message', (message: RunMessage) => {
    last = last.then(async () => {
      const answers = new Answers((answer, transfer) => port.postMessage(answer, transfer));
      try {
        const writes = await openRun(me, { ...message, envelopes: cut(message) }, (outcome) => answers.add(outcome));
        answers.flush();
        port.postMessage({ writes } satisfies ThreadAnswer);
      } catch {
        // Whatever it was must not stand in a message between threads; the owner opens the run itself and meets it again.
        port.postMessage({ fault: true } satisfies ThreadAnswer);
      }
    });
  });
}

function cut({ bytes, ends }: RunMessage): Bytes[] {
  return Array.from(ends, (end, at) => bytes.subarray(at === 0 ? 0 : ends[at - 1], end));
}

/** Gathers outcomes, and posts them some at a time. */
class Answers {
  readonly #post: (answer: ThreadAnswer, transfer: ArrayBuffer[]) => void;
  #outcomes: OpenedAway[] = [];

  constructor(post: (answer: ThreadAnswer, transfer: ArrayBuffer[]) => void) {
    this.#post = post;
  }

  add(outcome: OpenedAway): void {
    this.#outcomes.push(outcome);
    if (this.#outcomes.length >= OUTCOMES) this.flush();
  }

  flush(): void {
    if (this.#outcomes.length === 0) return;
    const opened = packOutcomes(this.#outcomes);
    this.#outcomes = [];
    this.#post({ opened }, [opened.bytes.buffer]);
  }
}
