// What a child process prints, line by line, for a test to wait on.
import type { ChildProcess } from 'node:child_process';

/** How long a line may be waited for, ms. */
const PATIENCE = 20_000;

/** Collects the lines of a child's standard output from now on. */
export class Lines {
  readonly all: string[] = [];
  readonly #kept: number[] = [];
  #refused = 0;
  readonly #watchers = new Set<() => void>();
  #rest = '';

  constructor(child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    child.once('exit', () => this.#tell());
  }

  /** The numbers of all lines `kept N`; it grows. Kept, and not looked for: a writer says tens of thousands, and watchers ask at each. */
  kept(): readonly number[] {
    return this.#kept;
  }

  /** How many lines `refused N` there were. */
  refused(): number {
    return this.#refused;
  }

  /** The first line that fits, from the beginning. @throws Error when it does not come in time */
  until(fits: (line: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      let looked = 0;
      const look = (): void => {
        const line = this.all.slice(looked).find(fits);
        looked = this.all.length;
        if (line === undefined) return;
        stop();
        resolve(line);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`the line did not come; the last was ${this.all.at(-1) ?? '(none)'}`));
      }, PATIENCE);
      const stop = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
  }

  #take(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    this.all.push(...lines);
    for (const line of lines) {
      if (line.startsWith('kept ')) this.#kept.push(Number(line.slice(5)));
      if (line.startsWith('refused ')) this.#refused += 1;
    }
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
