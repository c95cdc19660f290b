// An opened home: our own engine, or the one of the process that has it open, and whichever comes after. Going online never holds anybody up.
import type { PeerApi } from '../api.ts';
import type { Clock } from '../base/clock.ts';
import type { OpenPeerOptions, RunningPeer } from '../index.ts';
import { enterHome } from './home-door.ts';
import { SteadyPeer } from './steady-peer.ts';

/** How long other commands that are served here may stay when the host goes, ms; then they take the home over themselves. */
const LINGER_MS = 2_000;
/** Between two tries to go online, ms: at first, and at most. */
const ONLINE_AGAIN_MS = { first: 2_000, most: 60_000 } as const;

/** What opening needs. */
export interface OpenHomeNeed {
  readonly clock: Clock;
  readonly options: OpenPeerOptions;
  openPeer(options: OpenPeerOptions): Promise<RunningPeer>;
  /** Told when the home changes hands: whoever listens may have missed something. @param shared another process owns it */
  changedHands(shared: boolean): void;
  onFault(fault: unknown): void;
}

/** A home that is open, here or in another process. */
export class OpenHome {
  readonly api: PeerApi;
  /** True when another process owned it as it was opened; later `changedHands` tells. */
  readonly shared: boolean;
  readonly #need: OpenHomeNeed;
  readonly #peer: SteadyPeer;
  readonly #stop: AbortController;
  #cancelOnline: () => void = () => undefined;
  #tries = 0;

  private constructor(need: OpenHomeNeed, peer: SteadyPeer, shared: boolean, stop: AbortController) {
    this.shared = shared;
    this.#need = need;
    this.#peer = peer;
    this.#stop = stop;
    this.api = peer.api;
  }

  /** Opens it, or reaches its owner. @param stop gives up. @throws NO_HOME, HOME_BUSY, STORE_DAMAGED, STORE_FAILED, CLOSED */
  static async open(need: OpenHomeNeed, stop: AbortController): Promise<OpenHome> {
    const enter = async () => {
      const open = () => need.openPeer(need.options);
      const found = await enterHome({ home: need.options.home, serve: true, lingerMs: LINGER_MS, stop: stop.signal, open });
      return { link: found.link, shared: !('peer' in found) };
    };
    const first = await enter();
    const peer = new SteadyPeer(first.link, async () => {
      const next = await enter();
      opened.#tookOver(next.shared);
      return next.link;
    });
    const opened = new OpenHome(need, peer, first.shared, stop);
    return opened;
  }

  /** Rejects when there is no way to the home any more. */
  get failed(): Promise<never> {
    return this.#peer.failed;
  }

  /** Begins the lines, and tries again for as long as it takes; how they stand is told by the peer's own events. */
  goOnline(): void {
    this.#cancelOnline();
    this.#peer.goOnline().then(
      () => {
        this.#tries = 0;
      },
      (fault: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.#need.onFault(fault);
        this.#later(Math.min(ONLINE_AGAIN_MS.first * 2 ** this.#tries, ONLINE_AGAIN_MS.most));
        this.#tries += 1;
      },
    );
  }

  async close(): Promise<void> {
    this.#cancelOnline();
    await this.#peer.close();
    this.#stop.abort();
  }

  /** The next link is asked to go online by itself; should that fail, it is tried from here. */
  #tookOver(shared: boolean): void {
    this.#later(ONLINE_AGAIN_MS.first);
    this.#need.changedHands(shared);
  }

  #later(ms: number): void {
    this.#cancelOnline();
    this.#cancelOnline = this.#need.clock.after(ms, () => this.goOnline());
  }
}
