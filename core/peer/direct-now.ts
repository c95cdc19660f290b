// Which contacts are connected directly at this moment. In memory only: after a start nobody is.
import type { B64 } from './records.ts';

/** The contacts to whom a direct connection is open now, by their root keys. */
export class DirectNow {
  #roots: ReadonlySet<B64> = new Set();

  has(root: B64): boolean {
    return this.#roots.has(root);
  }

  /** From now on exactly these; answers those for whom that is news. */
  become(roots: ReadonlySet<B64>): B64[] {
    const before = this.#roots;
    this.#roots = roots;
    return [...before.symmetricDifference(roots)];
  }
}
