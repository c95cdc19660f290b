// Tells the engine what was really seen: only messages somebody could see in a window they looked at, only forwards, one call at a time.
import type { Message } from '../../../core/api.ts';
import { compareOrder } from './order.ts';

/** One for each open conversation. */
export class ReadMarker {
  readonly #mark: (id: string) => Promise<void>;
  /** The newest message that the engine knows to be read. */
  #told: Message | null = null;
  #wanted: Message | null = null;
  #isTelling = false;

  /** @param mark says that everything up to this message was read */
  constructor(mark: (id: string) => Promise<void>) {
    this.#mark = mark;
  }

  /** These were seen just now. */
  seen(messages: readonly Message[]): void {
    const newest = messages.findLast(({ direction, state }) => direction === 'in' && state !== 'read');
    if (newest === undefined || !isFurther(newest, this.#told) || !isFurther(newest, this.#wanted)) return;
    this.#wanted = newest;
    if (!this.#isTelling) void this.#tell();
  }

  async #tell(): Promise<void> {
    this.#isTelling = true;
    while (this.#wanted !== null) {
      const now: Message = this.#wanted;
      this.#wanted = null;
      // What could not be said is said with the next thing seen.
      const isDone = await this.#mark(now.id).then(
        () => true,
        () => false,
      );
      if (isDone) this.#told = now;
    }
    this.#isTelling = false;
  }
}

/** Those that wait have no order of their own: another one is news. */
function isFurther(message: Message, than: Message | null): boolean {
  if (than === null) return true;
  const order = compareOrder(message, than);
  return order > 0 || (order === 0 && message.id !== than.id);
}
