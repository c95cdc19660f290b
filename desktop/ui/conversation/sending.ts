// Sends what was typed, so that nothing is lost and nothing is said twice: the text stays with whoever typed it until the engine has it on the
// disk, and the same text tried again is the same message, whatever happened to the first try.
import type { Message } from '../../../core/api.ts';
import type { WindowApi } from '../../../core/window-api.ts';

/** Bytes of the number that makes a repeat harmless. */
const ID_BYTES = 16;

interface Attempt {
  readonly text: string;
  readonly id: string;
}

/** Tries that nobody knows the end of, by account; they outlive the screen of their conversation. */
export class Sending {
  readonly #api: Pick<WindowApi, 'send'>;
  readonly #open = new Map<string, Attempt>();

  constructor(api: Pick<WindowApi, 'send'>) {
    this.#api = api;
  }

  /** Says `text` to an account; answers when it is on the disk. Rejects as `send`; then trying again is harmless. */
  async send(account: string, text: string): Promise<Message> {
    const known = this.#open.get(account);
    const attempt = known?.text === text ? known : { text, id: randomId() };
    this.#open.set(account, attempt);
    const message = await this.#api.send({ who: account, text, id: attempt.id, typed: true });
    if (this.#open.get(account) === attempt) this.#open.delete(account);
    return message;
  }
}

function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(ID_BYTES))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
