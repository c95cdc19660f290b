// Which device is connected just now, so that a second connection of the same one is noticed (H7).
// PeerIds stay in memory, here only, while the connection lives: never stored, never logged (C7).

/** What is told to make room. */
export interface Claimant {
  /** The same device is here on a newer connection. */
  leave(): void;
}

/** The live connections by PeerId. */
export class Devices {
  readonly #here = new Map<string, Claimant>();

  /** The newer connection stays; the older one is told to leave. */
  claim(peerId: string, claimant: Claimant): void {
    const before = this.#here.get(peerId);
    this.#here.set(peerId, claimant);
    if (before !== undefined && before !== claimant) before.leave();
  }

  /** Forgets a connection that is gone, unless a newer one has taken its place. */
  release(peerId: string, claimant: Claimant): void {
    if (this.#here.get(peerId) === claimant) this.#here.delete(peerId);
  }
}
