// The engine's line to main: what the engine asks of it, as functions. Main has the keyring and can start processes; the engine can neither.
import { SottoError } from '../../core/base/errors.ts';
import type { HostOptions } from '../../core/host/host.ts';
import type { Asked, FromEngine, ToEngine } from '../engine-protocol.ts';

type Answer = Extract<ToEngine, { readonly ask: number }>;
type KeyringDoor = NonNullable<HostOptions['keyring']>;
type RelayStarter = NonNullable<HostOptions['relay']>;
type Question = Asked extends infer Q ? (Q extends Asked ? Omit<Q, 'ask'> : never) : never;

/** Asks main and hands out its answers. */
export class MainLine {
  readonly #post: (message: FromEngine) => void;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #last = 0;
  #relayEnded = Promise.withResolvers<void>();

  /** @param post says something to main */
  constructor(post: (message: FromEngine) => void) {
    this.#post = post;
  }

  /** Takes an answer, or that the relay ended. */
  take(answer: Answer | { readonly kind: 'relay-ended' }): void {
    if (answer.kind === 'relay-ended') {
      this.#relayEnded.resolve();
      return;
    }
    this.#asked.get(answer.ask)?.(answer);
    this.#asked.delete(answer.ask);
  }

  /** The system's keyring. */
  readonly keyring: KeyringDoor = {
    state: async () => {
      const answer = await this.#ask({ kind: 'keyring-state' });
      return answer.kind === 'keyring' ? answer.keyring : { available: false, backend: null, strong: false };
    },
    seal: async (secret) => this.#secret({ kind: 'keyring-seal', value: Buffer.from(secret).toString('base64') }),
    open: async (sealed) => new Uint8Array(Buffer.from(await this.#secret({ kind: 'keyring-open', value: sealed }), 'base64')),
  };

  /** The relay of this machine. */
  readonly relay: RelayStarter = {
    start: async (folder, port) => {
      this.#relayEnded = Promise.withResolvers<void>();
      const { promise: ended } = this.#relayEnded;
      const answer = await this.#ask({ kind: 'relay-start', data: folder, port });
      if (answer.kind !== 'relay' || answer.address === null) throw new SottoError('OFFLINE', 'The relay on this machine did not start.');
      return { address: answer.address, ended, stop: async () => void (await this.#ask({ kind: 'relay-stop' })) };
    },
  };

  #ask(question: Question): Promise<Answer> {
    this.#last += 1;
    const ask = this.#last;
    return new Promise((resolve) => {
      this.#asked.set(ask, resolve);
      this.#post({ ...question, ask } as FromEngine);
    });
  }

  async #secret(question: Question): Promise<string> {
    const answer = await this.#ask(question);
    if (answer.kind === 'secret' && answer.value !== null) return answer.value;
    throw new SottoError('REFUSED', 'The keyring of this system did not answer.');
  }
}
