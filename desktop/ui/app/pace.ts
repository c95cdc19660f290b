// News in the pace of the screen: the first is shown at once, what follows within the same frame is shown together with the next. No timer
// runs while there is no news; a hidden window, which has no frames, hears of them a few times a second.

/** What paces by: the screen's frames, or a clock while nothing is drawn. */
export type NextFrame = (run: () => void) => void;

/** Shows in a row at the full pace; then comes a flood, */
const BURST = 12;
/** which is shown once in so many ms, as often as an eye follows: the other frames are left to whoever types or scrolls. */
const FLOOD_MS = 50;
/** The same in frames. */
const FLOOD_FRAMES = 3;

/** Runs `show` at once and then at most once a frame for as long as news come; less often when they do not end. */
export class Pace {
  readonly #show: () => void;
  readonly #nextFrame: NextFrame;
  #waiting = false;
  #news = false;
  /** The wait under way ends with the next frame. */
  #isHurried = false;
  /** Shows that are left at the full pace; they come back with time. */
  #left = BURST;
  #at = performance.now();

  constructor(show: () => void, nextFrame: NextFrame) {
    this.#show = show;
    this.#nextFrame = nextFrame;
  }

  /** There is something new to show. */
  news(): void {
    this.#news = true;
    if (!this.#waiting) this.#step();
  }

  /** Shows what is new without waiting for its turn, and what follows with the next frame: somebody did it just now, and looks for it. */
  hurry(): void {
    this.#isHurried = true;
    if (!this.#news) return;
    this.#news = false;
    this.#show();
  }

  #step(): void {
    this.#waiting = this.#news;
    this.#isHurried = false;
    if (!this.#news) return;
    this.#news = false;
    const now = performance.now();
    this.#left = Math.min(BURST, this.#left + (now - this.#at) / FLOOD_MS) - 1;
    this.#at = now;
    this.#wait(this.#left > 0 ? 1 : FLOOD_FRAMES);
    this.#show();
  }

  #wait(frames: number): void {
    this.#nextFrame(() => (frames === 1 || this.#isHurried ? this.#step() : this.#wait(frames - 1)));
  }
}
