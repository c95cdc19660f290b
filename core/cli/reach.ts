// Reaches the peer of a home for one command: through the socket of the process that has it open, or by opening it.
import type { PeerApi } from '../api.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import { enterHome, type Found } from '../host/home-door.ts';
import { homeFolder } from '../host/home-folder.ts';
import type { RunningPeer } from '../index.ts';
import { type Passphrase, PROMPT_TRIES, passphraseFor } from './passphrase.ts';
import type { Context } from './usage.ts';

/** How long a command that is done stays for the clients it serves, ms; then they take the home over themselves. */
const LINGER_MS = 10_000;

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
 * Reaches the peer. While another process has the home but does not answer, it tries again for a while.
 * @throws NO_HOME, HOME_BUSY, WRONG_PASSPHRASE, BAD_INPUT when a passphrase is needed and there is none
 */
export async function reachPeer(context: Context, manner: Manner): Promise<Reached> {
  const opener = new Opener(context, manner);
  const found = await opener.find();
  if ('peer' in found) {
    const { peer, link } = found;
    return { api: peer.api, owner: true, failed: new Promise(() => undefined), goOnline: () => peer.goOnline(), close: link.close };
  }
  const { SteadyPeer } = await import('../host/steady-peer.ts');
  const steady = new SteadyPeer(found.link, async () => (await opener.find()).link);
  return { api: steady.api, owner: false, failed: steady.failed, goOnline: () => steady.goOnline(), close: () => steady.close() };
}

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

  find(): Promise<Found> {
    const { stop } = this.#context.io;
    const open = () => this.#open();
    return enterHome({ home: this.#home, serve: this.#manner.serve, lingerMs: LINGER_MS, stop, open, noHome: noHome(this.#home) });
  }

  async #open(): Promise<RunningPeer> {
    const engine = await this.#context.loadEngine();
    if (!engine.homeExists(this.#home)) throw new SottoError('NO_HOME', noHome(this.#home));
    const { args } = this.#context;
    return this.#tryPassphrases((passphrase) =>
      engine.openPeer({ home: this.#home, passphrase, listen: args.values('listen'), lan: args.has('lan'), online: false }),
    );
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

function noHome(home: string): string {
  return `There is no account in ${home} yet; make one with \`sotto init\`.`;
}
