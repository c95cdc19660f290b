// The direct connections that are up: one per device of a contact, and a bounded number of strangers who hold a link of ours.
import type { DirectPeer } from '../net/direct-channel.ts';
import type { B64 } from './records.ts';

/** Strangers connected at a time; the one that has been here longest makes room. */
const MOST_STRANGERS = 16;

/** One direct connection. */
export interface Link {
  readonly peer: DirectPeer;
  /** True where this side dialled. */
  readonly dialled: boolean;
  /** Root key of the contact whose device it is; null for a stranger. */
  root: B64 | null;
  /** True once the other side gave its receipts, which it does after everything else it has for us. */
  caughtUp: boolean;
}

/** All direct connections. */
export class Links {
  readonly #self: string;
  readonly #links = new Set<Link>();

  /** @param self our own PeerId */
  constructor(self: string) {
    this.#self = self;
  }

  /**
   * Takes a connection in. Of two between the same devices both sides keep the one that the smaller PeerId dialled; of two that the
   * same side dialled, the newer. Answers false when this one goes.
   */
  add(link: Link): boolean {
    for (const other of this.#with(link.peer.peerId)) {
      if (this.#prefers(other, link)) {
        void link.peer.close();
        return false;
      }
      this.remove(other);
      void other.peer.close();
    }
    this.#links.add(link);
    this.#boundStrangers();
    return true;
  }

  remove(link: Link): void {
    this.#links.delete(link);
  }

  /** The connection to a contact, or null. */
  to(root: B64): Link | null {
    for (const link of this.#links) if (link.root === root) return link;
    return null;
  }

  /** The connection to a device, or null. */
  toDevice(peerId: string): Link | null {
    return this.#with(peerId)[0] ?? null;
  }

  all(): Link[] {
    return [...this.#links];
  }

  #with(peerId: string): Link[] {
    return this.all().filter((link) => link.peer.peerId === peerId);
  }

  #prefers(held: Link, offered: Link): boolean {
    if (held.dialled === offered.dialled) return false;
    return held.dialled === this.#self < held.peer.peerId;
  }

  #boundStrangers(): void {
    const strangers = this.all().filter((link) => link.root === null && !link.dialled);
    for (const link of strangers.slice(0, -MOST_STRANGERS)) {
      this.remove(link);
      void link.peer.close();
    }
  }
}
