// A question whose answer may be old when it comes: asked once at a time, and once more when somebody wanted it meanwhile.

/** Runs one job, never twice at a time. */
export class Repeat {
  readonly #job: () => Promise<void>;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(job: () => Promise<void>) {
    this.#job = job;
  }

  /** True while it runs. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /** Runs it, or once more after the run under way. Resolves when a run that began after this call is over; a fault ends it quietly, for the line asks everything again. */
  run(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#loop().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #loop(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#job().catch(() => {});
    }
  }
}
