// Keeps what is being typed: a moment after the last key, at the latest every few seconds, and at once when somebody looks away.
import { MAX_KEPT_UNITS } from './text-size.ts';

/** How long after a key, ms. */
const REST_MS = 400;
/** How long at most while keys go on, ms. */
const MOST_MS = 3_000;

/** One for each open composer. */
export class Typing {
  readonly #save: (text: string) => void;
  #text: string | null = null;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param save keeps a text; must not throw */
  constructor(save: (text: string) => void) {
    this.#save = save;
  }

  /** The text after a key. */
  typed(text: string, now = performance.now()): void {
    if (this.#text === null) this.#since = now;
    this.#text = text;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const rest = Math.min(REST_MS, Math.max(0, this.#since + MOST_MS - now));
    this.#timer = setTimeout(() => this.flush(), rest);
  }

  /** It is being sent: not kept any more, or it would come back as a draft behind its own message. */
  sent(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#text = null;
  }

  /** Keeps what is not kept yet, now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#text;
    this.#text = null;
    if (text !== null) this.#save(text.slice(0, MAX_KEPT_UNITS));
  }
}

/** The same draft in several windows: a field that has nothing of its own goes with what is kept, any other keeps what is typed in it. */
export class SharedDraft {
  /** What the field and what is kept last had in common. */
  #common = '';

  /** What the field is to show. @param field what is in it @param kept what is kept now */
  shown(field: string, kept: string): string {
    if (field !== kept && field !== this.#common) return field;
    this.#common = kept;
    return kept;
  }
}
