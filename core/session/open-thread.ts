// The thread that opens runs of envelopes while its owner keeps what was opened before. It has the device's keys in memory and no disk.
import { parentPort, workerData } from 'node:worker_threads';
import type { Bytes } from '../base/bytes.ts';
import { parseDevice } from './device.ts';
import { RunOpener, type RunToOpen, type RunWrite } from './open-run.ts';
import { type OpenedChunk, packOutcomes } from './opened-chunk.ts';
import type { BytesOutcome } from './outcome.ts';
import { type PackedParts, unpackParts } from './run-parts.ts';

/** What the thread is started with. */
export interface ThreadStart {
  /** serializeDevice of this device. */
  readonly device: Bytes;
}

/** A run as it is sent: one buffer instead of hundreds. */
export interface RunMessage extends Pick<RunToOpen, 'records'> {
  readonly run: number;
  readonly parts: PackedParts;
}

/** Asks the thread to end by itself: to be terminated inside libsignal would abort the whole process. */
export interface ThreadEnd {
  readonly end: true;
}

/** What the thread answers: that it is up; of a run its outcomes as they come, then once what it writes, or that it failed. */
export type ThreadAnswer =
  | { readonly ready: true }
  | { readonly run: number; readonly opened: OpenedChunk }
  | { readonly run: number; readonly writes: readonly RunWrite[] }
  | { readonly run: number; readonly fault: true };

/** Outcomes of one answer: enough that the crossing costs little, few enough that both sides are at work. */
const OUTCOMES = 32;

if (parentPort !== null) listen(parentPort, new RunOpener(parseDevice((workerData as ThreadStart).device)));

function listen(port: NonNullable<typeof parentPort>, opener: RunOpener): void {
  let last: Promise<void> = Promise.resolve();
  const post = (answer: ThreadAnswer, ...transfer: ArrayBuffer[]) => port.postMessage(answer, transfer);
  post({ ready: true });
  port.on('message', (message: RunMessage | ThreadEnd) => {
    if ('end' in message) {
      opener.end();
      void last.then(() => port.close());
      return;
    }
    last = last.then(async () => {
      const { run } = message;
      const gathered = new Outcomes((opened) => post({ run, opened }, opened.bytes.buffer));
      try {
        const writes = await opener.open({ records: message.records, parts: unpackParts(message.parts) }, (outcome) =>
          gathered.add(outcome),
        );
        gathered.flush();
        post({ run, writes });
      } catch {
        // Whatever it was must not stand in a message between threads; the owner opens the run itself and meets it again.
        post({ run, fault: true });
      }
    });
  });
}

/** Gathers outcomes, and gives them on some at a time. */
class Outcomes {
  readonly #give: (opened: OpenedChunk) => void;
  #outcomes: BytesOutcome[] = [];

  constructor(give: (opened: OpenedChunk) => void) {
    this.#give = give;
  }

  add(outcome: BytesOutcome): void {
    this.#outcomes.push(outcome);
    if (this.#outcomes.length >= OUTCOMES) this.flush();
  }

  flush(): void {
    if (this.#outcomes.length === 0) return;
    const opened = packOutcomes(this.#outcomes);
    this.#outcomes = [];
    this.#give(opened);
  }
}
