// Reaches the peer of a home for one command: through the socket of the process that has it open, or by opening it.
import { existsSync } from 'node:fs';
import type { PeerApi } from '../api.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import type { RunningPeer } from '../index.ts';
import { homeFolder, socketPath } from './home.ts';
import { type Link, ownLink } from './link.ts';
import { type Passphrase, PROMPT_TRIES, passphraseFor } from './passphrase.ts';
import type { Context } from './usage.ts';

/** How long a command tries to get at a home that another process has open and does not serve, ms; longer than an owner lingers. */
export const HOME_BUSY_MS = 30_000;
/** Between two tries, ms, twice that at most. */
const AGAIN_MS = 40;

/** A reached peer. */
export interface Reached {
  readonly api: PeerApi;
  /** True when this process has the home open itself. */
  readonly owner: boolean;
  /** Rejects when there is no way to the home any more. */
  readonly failed: Promise<never>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** How a command uses a home. */
export interface Manner {
  /** Lets other commands in meanwhile: for one that stays longer than a moment. */
  readonly serve: boolean;
}

/**
 * Reaches the peer. While another process has the home but does not answer, it tries again until HOME_BUSY_MS are over.
 * @throws NO_HOME, HOME_BUSY, WRONG_PASSPHRASE, BAD_INPUT when a passphrase is needed and there is none
 */
export async function reachPeer(context: Context, manner: Manner): Promise<Reached> {
  const opener = new Opener(context, manner);
  const found = await opener.find();
  if ('peer' in found) {
    const { peer, link } = found;
    return { api: peer.api, owner: true, failed: new Promise(() => undefined), goOnline: () => peer.goOnline(), close: link.close };
  }
  const { SteadyPeer } = await import('./steady-peer.ts');
  const steady = new SteadyPeer(found.link, async () => (await opener.find()).link);
  return { api: steady.api, owner: false, failed: steady.failed, goOnline: () => steady.goOnline(), close: () => steady.close() };
}

type Found = { readonly link: Link } | { readonly link: Link; readonly peer: RunningPeer };

class Opener {
  readonly #context: Context;
  readonly #manner: Manner;
  readonly #home: string;
  #passphrase: Passphrase | null = null;

  constructor(context: Context, manner: Manner) {
    this.#context = context;
    this.#manner = manner;
    this.#home = homeFolder(context.args.value('home'), context.io.env);
  }

  async find(): Promise<Found> {
    const deadline = performance.now() + HOME_BUSY_MS;
    for (;;) {
      const path = socketPath(this.#home);
      if (path === null) throw noHome(this.#home);
      const link = await connect(path);
      if (link !== null) return { link };
      try {
        return await this.#open(path);
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
      }
      await pause(AGAIN_MS * (1 + Math.random()), this.#context.io.stop);
    }
  }

  async #open(path: string): Promise<Found> {
    const engine = await this.#context.loadEngine();
    if (!engine.homeExists(this.#home)) throw noHome(this.#home);
    const { args } = this.#context;
    const peer = await this.#tryPassphrases((passphrase) =>
      engine.openPeer({ home: this.#home, passphrase, listen: args.values('listen'), lan: args.has('lan'), online: false }),
    );
    try {
      return { peer, link: ownLink(peer, await this.#letIn(path, peer)) };
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  /** Serves the home if this command stays; the answer closes all. */
  async #letIn(path: string, peer: RunningPeer): Promise<() => Promise<void>> {
    if (!this.#manner.serve) return () => peer.close();
    const { serveHome, LINGER_MS } = await import('./home-socket.ts');
    const server = await serveHome(path, peer);
    const { stop } = this.#context.io;
    return async () => {
      await server.leave(LINGER_MS, stop);
      await peer.close();
    };
  }

  /** A passphrase that was typed may be typed again when it is wrong. */
  async #tryPassphrases(open: (passphrase: () => Promise<string>) => Promise<RunningPeer>): Promise<RunningPeer> {
    const { args, io } = this.#context;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await open(async () => {
          this.#passphrase ??= await passphraseFor(args, io);
          return this.#passphrase.text;
        });
      } catch (error) {
        const again = isSottoError(error, 'WRONG_PASSPHRASE') && this.#passphrase?.typed === true && attempt < PROMPT_TRIES;
        this.#passphrase = isSottoError(error, 'WRONG_PASSPHRASE') ? null : this.#passphrase;
        if (!again) throw error;
        await io.stderr.write('That is not it.\n');
      }
    }
  }
}

async function connect(path: string): Promise<Link | null> {
  if (process.platform !== 'win32' && !existsSync(path)) return null; // spares loading the schemas
  const { connectHome } = await import('./home-client.ts');
  return connectHome(path);
}

function isBusy(error: unknown): boolean {
  return isSottoError(error, 'HOME_BUSY') || isSottoError(error, 'STORE_LOCKED');
}

function noHome(home: string): SottoError {
  return new SottoError('NO_HOME', `There is no account in ${home} yet; make one with \`sotto init\`.`);
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const interrupted = () => {
      clearTimeout(timer);
      reject(new SottoError('CLOSED', 'Interrupted.'));
    };
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', interrupted);
      resolve();
    }, ms);
    if (stop.aborted) interrupted();
    else stop.addEventListener('abort', interrupted, { once: true });
  });
}
