// What carries frames between an engine and a window: four functions, and nothing about what the frames say.

/** One end of a line that keeps the order of frames. */
export interface Carrier {
  /** Sends one frame (text). A frame for a closed line is dropped: whoever waits for an answer hears of the end by `onClose`. */
  send(frame: string): void;
  /** Who gets the frames; to be called once, in the same turn in which the carrier was made. What comes is not checked, not even that it is text. */
  onFrame(listener: (frame: unknown) => void): void;
  /** Calls `listener` once when the line has ended, by either side; at once when it has already. Several may listen. */
  onClose(listener: () => void): void;
  /** Ends the line; harmless when it has ended. */
  close(): void;
}

/** The end of a line: happens once, and whoever asks later still hears of it. */
export class Ending {
  readonly #listeners = new Set<() => void>();
  #over = false;

  /** True once it has happened. */
  get over(): boolean {
    return this.#over;
  }

  /** See `Carrier.onClose`. */
  listen(listener: () => void): void {
    if (this.#over) listener();
    else this.#listeners.add(listener);
  }

  /** Lets it happen; false when it had happened before. */
  happen(): boolean {
    if (this.#over) return false;
    this.#over = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
    return true;
  }
}
