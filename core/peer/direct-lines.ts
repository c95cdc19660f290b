// Which contacts are dialled: those who accepted, or whom we asked, at the addresses they gave; again and again with growing pauses (H5).
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { parseDialAddress } from '../net/address.ts';
import type { DirectPeer } from '../net/direct-channel.ts';
import { keepConnected } from '../net/reconnect.ts';
import type { Link } from './direct-links.ts';
import type { B64 } from './records.ts';

/** Somebody who may be dialled. */
export interface Reachable {
  readonly root: B64;
  /** Multiaddrs with /p2p/ of their devices. */
  readonly addresses: readonly string[];
  /** PeerIds their manifest lists: nobody else is dialled in their name. */
  readonly peerIds: readonly string[];
}

interface Line {
  reachable: Reachable;
  stop: AbortController;
  /** Why the last attempt failed; null while there was none, or while it is connected. */
  reason: string | null;
}

/** What lines need. */
export interface LinesNeed {
  readonly clock: Clock;
  dial(address: string, signal: AbortSignal): Promise<DirectPeer>;
  /** The connection that is up, whoever dialled it. */
  link(root: B64): Link | null;
  /** An attempt ended. */
  progress(): void;
}

/** One line to each contact that can be dialled. */
export class Lines {
  readonly #need: LinesNeed;
  readonly #lines = new Map<B64, Line>();
  readonly #found = new Map<string, readonly string[]>();

  constructor(need: LinesNeed) {
    this.#need = need;
  }

  /** From now on exactly these are dialled. */
  set(reachable: readonly Reachable[]): void {
    const wanted = new Map(reachable.map((one) => [one.root, one]));
    for (const root of this.#lines.keys()) if (!wanted.has(root)) this.#drop(root);
    for (const one of reachable) {
      const line = this.#lines.get(one.root);
      if (line !== undefined) line.reachable = one;
      else if (this.#addressesOf(one).length > 0) this.#begin(one);
    }
  }

  /** A device was seen on the local network: its addresses are tried first if it belongs to somebody who may be dialled. */
  found(peerId: string, addresses: readonly string[], owner: Reachable | null): void {
    if (owner === null) return;
    this.#found.set(peerId, addresses);
    const line = this.#lines.get(owner.root);
    if (line === undefined) this.#begin(owner);
    else if (line.reason !== null && this.#need.link(owner.root) === null) this.#again(line);
  }

  /** Tries again now instead of after the pause: a person asked. */
  hurry(): void {
    for (const line of this.#lines.values()) if (line.reason !== null) this.#again(line);
  }

  /** True while an attempt for this contact has not ended yet. */
  isTrying(root: B64): boolean {
    return this.#lines.get(root)?.reason === null;
  }

  /** Why a contact is not connected; null while it is, or when it is not dialled. */
  reason(root: B64): string | null {
    return this.#lines.get(root)?.reason ?? null;
  }

  close(): void {
    for (const root of [...this.#lines.keys()]) this.#drop(root);
  }

  #drop(root: B64): void {
    this.#lines.get(root)?.stop.abort();
    this.#lines.delete(root);
  }

  #begin(reachable: Reachable): void {
    const line: Line = { reachable, stop: new AbortController(), reason: null };
    this.#lines.set(reachable.root, line);
    this.#run(line);
  }

  #again(line: Line): void {
    line.stop.abort();
    line.stop = new AbortController();
    line.reason = null;
    this.#run(line);
  }

  #run(line: Line): void {
    const { signal } = line.stop;
    void keepConnected({
      connect: (attempt) => this.#connect(line, attempt),
      clock: this.#need.clock,
      random: Math.random,
      onUp: () => undefined,
      onDown: (reason) => {
        if (signal.aborted) return;
        line.reason = reason instanceof SottoError ? reason.message : 'The contact cannot be reached directly.';
        this.#need.progress();
      },
      signal,
    });
  }

  /** While the other side's own dial is up there is nothing to dial. */
  async #connect(line: Line, signal: AbortSignal): Promise<DirectPeer> {
    for (let link = this.#need.link(line.reachable.root); link !== null; link = this.#need.link(line.reachable.root)) {
      await ended(link.peer.closed, signal);
    }
    line.reason = null;
    let failure: unknown = new SottoError('OFFLINE', 'This contact has no address to be dialled at.');
    for (const address of this.#addressesOf(line.reachable)) {
      try {
        return await this.#need.dial(address, signal);
      } catch (error) {
        failure = error;
      }
      if (signal.aborted) break;
    }
    throw failure;
  }

  #addressesOf({ addresses, peerIds }: Reachable): string[] {
    const all = [...peerIds.flatMap((peerId) => this.#found.get(peerId) ?? []), ...addresses];
    return [...new Set(all)].filter((address) => peerIds.includes(peerIdOfAddress(address) ?? ''));
  }
}

/** The PeerId an address names; null when it is no address that can be dialled. */
export function peerIdOfAddress(address: string): string | null {
  try {
    return parseDialAddress(address).peerId;
  } catch {
    return null;
  }
}

/** Resolves when the connection is gone. @throws CLOSED once the signal is aborted */
async function ended(closed: Promise<string>, signal: AbortSignal): Promise<void> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
    signal.addEventListener('abort', abort, { once: true });
  });
  if (!signal.aborted) await Promise.race([closed, aborted]);
  signal.removeEventListener('abort', abort);
  if (signal.aborted) throw new SottoError('CLOSED');
}
