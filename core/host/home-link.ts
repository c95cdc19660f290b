// One way to a peer: our own engine, or the socket of the process that has the home open.
import type { CallName, PeerEvent } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import type { RunningPeer } from '../index.ts';

/** What both ways can do. */
export interface Link {
  /** Calls begin in the order in which they are made. Rejects with CLOSED once the link is lost. */
  call(name: CallName, input: unknown): Promise<unknown>;
  goOnline(): Promise<void>;
  /** From now on `listener` gets every event. */
  listen(listener: (event: PeerEvent) => void): Promise<void>;
  /** Resolves when the other end went away by itself; an own engine never does. */
  readonly lost: Promise<void>;
  close(): Promise<void>;
}

/** Our own engine as a link. @param close lets go of it, and of all that hangs on it */
export function ownLink(peer: RunningPeer, close: () => Promise<void>): Link {
  let stopEvents: (() => void) | null = null;
  return {
    call: (name, input) => (peer.api[name] as (input: unknown) => Promise<unknown>)(input),
    goOnline: () => peer.goOnline(),
    listen: async (listener) => {
      stopEvents ??= peer.api.onEvent(listener);
    },
    lost: new Promise(() => undefined),
    close: async () => {
      stopEvents?.();
      await close();
    },
  };
}

/** The error of a call whose link went away: nobody knows whether it was done. */
export class LinkLost extends SottoError {
  constructor() {
    super('CLOSED', 'The process that had this home open stopped before it answered; look whether it was done, then try again.');
  }
}
