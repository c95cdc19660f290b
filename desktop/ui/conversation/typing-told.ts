// Tells a contact that somebody types to them, now and then while the text changes, and that they stopped. Holds no timer: what is not said
// again lapses by itself.

/** Said at most so often, ms: oftener the engine would not pass it on. */
export const TELL_MS = 3_000;

/** One for each open composer. */
export class TypingTold {
  readonly #tell: (active: boolean) => void;
  #at = Number.NEGATIVE_INFINITY;
  #isOn = false;

  /** @param tell says it to the engine; must not throw */
  constructor(tell: (active: boolean) => void) {
    this.#tell = tell;
  }

  /** The text after a key. @param now ms that only grow */
  typed(text: string, now = performance.now()): void {
    if (text === '') this.stopped();
    if (text === '' || now - this.#at < TELL_MS) return;
    this.#at = now;
    this.#isOn = true;
    this.#tell(true);
  }

  /** It is sent, or there is nothing more, or they went away. */
  stopped(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#tell(false);
  }
}
