// The cold commands of one connection, one after the other in the order they came: what a later one needs, an earlier one has done.
// It must never let one connection keep the relay busy: a token bucket stands in front.
import type { Clock } from '../core/base/clock.ts';
import type { Frame } from '../core/wire/frame.ts';
import { MAX_HANDLES } from '../core/wire/limits.ts';
import { type Allowance, Bucket } from '../core/base/bucket.ts';
import { COMMANDS } from './commands.ts';
import { type Reply, refusalOf, refused } from './reply.ts';
import type { Session } from './shared.ts';

/** A person who comes back opens and subscribes every log at once; after that a few hundred a second are more than anybody needs. */
export const COLD_COMMANDS: Allowance = { burst: 3 * MAX_HANDLES, perSecond: 200 };

const unsupported = refused('UNSUPPORTED', 'This relay does not know the request.');

/** Works off cold requests. */
export class Desk {
  readonly #session: Session;
  readonly #answer: (frame: Frame, reply: Reply) => void;
  readonly #bucket: Bucket;
  #queue: Frame[] = [];
  #busy = false;
  #over = false;

  constructor(session: Session, clock: Clock, answer: (frame: Frame, reply: Reply) => void) {
    this.#session = session;
    this.#answer = answer;
    this.#bucket = new Bucket(clock, COLD_COMMANDS);
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
    const wait = this.#bucket.take();
    return wait > 0 ? refused('RATE', 'Too many requests; slow down.', undefined, wait) : null;
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
