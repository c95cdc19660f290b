// A peer that saw more of a log than my relay shows me, for a minute while connected, means that the relay holds something back (H1).
import { Change } from '../store/change.ts';
import { WITHHOLDING_MS } from '../wire/limits.ts';
import { cursorOf } from './chain-check.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { warn } from './warnings.ts';

/** What a contact says it saw of a log. */
interface Claim {
  readonly log: B64;
  readonly seq: number;
  readonly cancel: () => void;
}

/** Watches conversations whose other side is ahead. */
export class Withholding {
  readonly #parts: Parts;
  readonly #connected: (conversation: B64) => boolean;
  readonly #claims = new Map<B64, Claim>();

  /** @param connected whether the conversation's log runs right now */
  constructor(parts: Parts, connected: (conversation: B64) => boolean) {
    this.#parts = parts;
    this.#connected = connected;
  }

  /** The other side says that it saw entry `seq`, which we have not taken. The first such word counts until its minute is over. */
  ahead(conversation: B64, log: B64, seq: number): void {
    if (this.#claims.has(conversation)) return;
    const due = () => void this.#due(conversation).catch(() => this.#parts.log.warn('a warning could not be kept'));
    this.#claims.set(conversation, { log, seq, cancel: this.#parts.clock.after(WITHHOLDING_MS, due) });
  }

  stop(): void {
    for (const { cancel } of this.#claims.values()) cancel();
    this.#claims.clear();
  }

  async #due(conversation: B64): Promise<void> {
    const claim = this.#claims.get(conversation);
    this.#claims.delete(conversation);
    if (claim === undefined || !this.#connected(conversation)) return;
    if ((await cursorOf(this.#parts.store, claim.log)).seq >= claim.seq) return;
    const news: (() => void)[] = [];
    await this.#parts.serial(async () => {
      const change = new Change(this.#parts.store);
      const text = 'Your contact says that it saw messages of this conversation that the relay does not show you.';
      warn(this.#parts, change, news, { kind: 'withheld', conversation, text });
      await change.commit();
    });
    for (const tell of news) tell();
  }
}
