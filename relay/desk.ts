// The cold commands of one connection, one after the other in the order they came: what a later one needs, an earlier one has done.
// It must never let one connection keep the relay busy: what it may ask is counted first.

import type { Frame } from '../core/wire/frame.ts';
import { COMMANDS } from './commands.ts';
import { held, type Reply, refusalOf, refused } from './reply.ts';
import type { Session } from './shared.ts';

const unsupported = refused('UNSUPPORTED', 'This relay does not know the request.');

/** Works off cold requests. */
export class Desk {
  readonly #session: Session;
  readonly #answer: (frame: Frame, reply: Reply) => void;
  #queue: Frame[] = [];
  #busy = false;
  #over = false;

  constructor(session: Session, answer: (frame: Frame, reply: Reply) => void) {
    this.#session = session;
    this.#answer = answer;
  }

  /** Queues one request, or refuses it at once. */
  take(frame: Frame): void {
    const no = this.#refusal(frame);
    if (no !== null) {
      this.#answer(frame, no);
      return;
    }
    this.#queue.push(frame);
    if (!this.#busy) void this.#work();
  }

  /** Forgets what was not begun. */
  end(): void {
    this.#over = true;
    this.#queue = [];
  }

  #refusal(frame: Frame): Reply | null {
    if (!COMMANDS.has(frame.type)) return unsupported;
    const hold = this.#session.meter.command();
    return hold === null ? null : held(hold, 'Too many requests; slow down.');
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0 && !this.#over) {
      const frames = this.#queue;
      this.#queue = [];
      for (const frame of frames) await this.#one(frame);
    }
    this.#busy = false;
  }

  async #one(frame: Frame): Promise<void> {
    if (this.#over) return;
    const reply = await this.#run(frame);
    if (!this.#over) this.#answer(frame, reply);
  }

  async #run(frame: Frame): Promise<Reply> {
    try {
      const command = COMMANDS.get(frame.type);
      return command === undefined ? unsupported : await command(this.#session, frame.payload);
    } catch (error) {
      const reply = refusalOf(error);
      if (reply !== null) return reply;
      this.#session.shared.metrics.count('faults');
      this.#session.shared.log.warn('command-failed', { type: frame.type });
      return refused('STORE', 'Something inside the relay failed.');
    }
  }
}
