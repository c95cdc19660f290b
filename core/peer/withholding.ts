// A peer that saw more of a log than my relay shows me, for a minute while connected, means that the relay holds something back (H1).
import { Change } from '../store/change.ts';
import { WITHHOLDING_MS } from '../wire/limits.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { warn } from './warnings.ts';

/** Watches conversations whose other side is ahead. */
export class Withholding {
  readonly #parts: Parts;
  readonly #connected: (conversation: B64) => boolean;
  readonly #pending = new Map<B64, () => void>();

  /** @param connected whether the conversation's log runs right now */
  constructor(parts: Parts, connected: (conversation: B64) => boolean) {
    this.#parts = parts;
    this.#connected = connected;
  }

  /** The other side saw more than we did. */
  ahead(conversation: B64): void {
    if (this.#pending.has(conversation)) return;
    this.#pending.set(
      conversation,
      this.#parts.clock.after(WITHHOLDING_MS, () => {
        void this.#due(conversation).catch(() => this.#parts.log.warn('a warning could not be kept'));
      }),
    );
  }

  /** Both sides see the same again. */
  agrees(conversation: B64): void {
    this.#pending.get(conversation)?.();
    this.#pending.delete(conversation);
  }

  stop(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  async #due(conversation: B64): Promise<void> {
    this.#pending.delete(conversation);
    if (!this.#connected(conversation)) return;
    const news: (() => void)[] = [];
    await this.#parts.serial(async () => {
      const change = new Change(this.#parts.store);
      const text = 'Your contact has seen messages of this conversation that the relay does not show you.';
      warn(this.#parts, change, news, { kind: 'withheld', conversation, text });
      await change.commit();
    });
    for (const tell of news) tell();
  }
}
