// The addresses at which one relay may be: what contacts name is only tried, and never pushes out our own or the one that worked.

/** Addresses kept of one relay beside our own: as many as one manifest may name, so whoever names more gains nothing. */
export const MOST_ADDRESSES = 8;

/** What others say of where a relay is, and what came of it. */
export class RelayAddresses {
  /** Failures by address, in the order they were named. */
  readonly #failures = new Map<string, number>();
  #worked: string | null = null;
  #turn = 0;

  constructor(first: string) {
    this.#failures.set(first, 0);
  }

  /** Somebody names this one. @returns true when there was room for it, so that it may be tried at once */
  add(address: string): boolean {
    if (this.#failures.has(address)) return false;
    const hasRoom = this.#failures.size < MOST_ADDRESSES;
    const worst = hasRoom ? null : this.#worst();
    if (!hasRoom && worst === null) return false;
    if (worst !== null) this.#failures.delete(worst);
    this.#failures.set(address, 0);
    return hasRoom;
  }

  /** Which to try now, in this order: our own every time, then one other, each in its turn. @param own where we ourselves say that the relay is */
  next(own: string | null): string[] {
    const best = own ?? this.#worked;
    const others = [...this.#failures.keys()].filter((address) => address !== best);
    const other = others[this.#turn % Math.max(1, others.length)];
    this.#turn += 1;
    return [best, other].filter((address) => address != null);
  }

  /** The relay answered there. */
  worked(address: string): void {
    this.#worked = address;
    this.#turn = 0;
    if (this.#failures.has(address)) this.#failures.set(address, 0);
  }

  /** It did not. */
  failed(address: string): void {
    const before = this.#failures.get(address);
    if (before !== undefined) this.#failures.set(address, before + 1);
  }

  /** The one that failed most often, which makes room; null while none failed. */
  #worst(): string | null {
    let worst: string | null = null;
    let most = 0;
    for (const [address, failures] of this.#failures) {
      if (address === this.#worked || failures <= most) continue;
      worst = address;
      most = failures;
    }
    return worst;
  }
}
