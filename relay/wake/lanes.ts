// How many calls run at a time: so many in all, fewer to one host, the hosts in turn. One that never answers holds its own places and no others.

/** Calls at a time; those to one host. Each is a socket, and for its time some tens of kilobytes. */
const MOST = 64;
const MOST_OF_HOST = 4;

type Work = () => Promise<void>;

/** A queue per host. */
export class Lanes {
  readonly #most: number;
  readonly #mostOfHost: number;
  readonly #waiting = new Map<string, Work[]>();
  readonly #running = new Map<string, number>();
  #all = 0;

  constructor(most = MOST, mostOfHost = MOST_OF_HOST) {
    this.#most = most;
    this.#mostOfHost = mostOfHost;
  }

  /** Runs the work once there is room; it must not reject. */
  run(host: string, work: Work): void {
    const queue = this.#waiting.get(host) ?? [];
    queue.push(work);
    this.#waiting.set(host, queue);
    this.#start();
  }

  /** Drops what has not begun. */
  clear(): void {
    this.#waiting.clear();
  }

  #start(): void {
    for (const [host, queue] of this.#waiting) {
      if (this.#all >= this.#most) return;
      if ((this.#running.get(host) ?? 0) < this.#mostOfHost) this.#begin(host, queue);
    }
  }

  #begin(host: string, queue: Work[]): void {
    const work = queue.shift();
    // Behind the others, so that the next place is another host's.
    this.#waiting.delete(host);
    if (queue.length > 0) this.#waiting.set(host, queue);
    if (work === undefined) return;
    this.#count(host, 1);
    void work().finally(() => {
      this.#count(host, -1);
      this.#start();
    });
  }

  #count(host: string, by: number): void {
    const running = (this.#running.get(host) ?? 0) + by;
    if (running === 0) this.#running.delete(host);
    else this.#running.set(host, running);
    this.#all += by;
  }
}
