// The certificate that WebSocket listeners show, which can be renewed while they listen: connections that stand are not touched.
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Listener } from '@libp2p/interface';
import { SottoError } from '../base/errors.ts';

/** A certificate with its chain, and its key, as PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

interface RawListener {
  readonly https?: Server;
}

/** Shows one certificate at any number of listeners. */
export class TlsDoor {
  readonly #listeners: RawListener[] = [];
  #pair: TlsPair;

  /** @throws BAD_INPUT when the two cannot be used together */
  constructor(pair: TlsPair) {
    assertUsable(pair);
    this.#pair = pair;
  }

  /** What a listener that is made now begins with. */
  get pair(): TlsPair {
    return this.#pair;
  }

  /** Remembers a listener; it is an HTTPS server once it listens. */
  add(listener: Listener): Listener {
    this.#listeners.push(listener as unknown as RawListener);
    return listener;
  }

  /** Shows another certificate from now on. @throws BAD_INPUT when it cannot be used; then the old one stays */
  renew(pair: TlsPair): void {
    assertUsable(pair);
    this.#pair = pair;
    for (const { https } of this.#listeners) https?.setSecureContext({ ...pair });
  }
}

function assertUsable(pair: TlsPair): void {
  try {
    createSecureContext({ ...pair });
  } catch (cause) {
    throw new SottoError('BAD_INPUT', 'The certificate and its key cannot be used together; both must be PEM.', cause);
  }
}
