// News in the pace of the screen: the first is shown at once, what follows within the same frame is shown together with the next. No timer
// runs while there is no news; a hidden window, which has no frames, hears of them a few times a second.

/** What paces by: the screen's frames, or a clock while nothing is drawn. */
export type NextFrame = (run: () => void) => void;

/** Runs `show` at once and then at most once a frame for as long as news come. */
export class Pace {
  readonly #show: () => void;
  readonly #nextFrame: NextFrame;
  #waiting = false;
  #news = false;

  constructor(show: () => void, nextFrame: NextFrame) {
    this.#show = show;
    this.#nextFrame = nextFrame;
  }

  /** There is something new to show. */
  news(): void {
    this.#news = true;
    if (!this.#waiting) this.#step();
  }

  #step(): void {
    this.#waiting = this.#news;
    if (!this.#news) return;
    this.#news = false;
    this.#nextFrame(() => this.#step());
    this.#show();
  }
}
