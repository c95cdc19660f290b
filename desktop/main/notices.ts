// Notifications, made here so that the page needs no permission for them. They say what the engine was allowed to tell and not a word more.
import { Notification } from 'electron';
import type { FromEngine } from '../engine-protocol.ts';
import { plainBody } from './plain-body.ts';
import type { Words } from './words.ts';

type Notice = Extract<FromEngine, { readonly kind: 'notice' }>;

/** Shows notices, one for each account: a newer one takes the place of the older. */
export class Notices {
  readonly #open: (account: string) => void;
  // Held, because a notification that is collected as garbage is not clicked any more.
  readonly #shown = new Map<string, Notification>();

  /** @param open somebody clicked: shows what there is of this account */
  constructor(open: (account: string) => void) {
    this.#open = open;
  }

  /** Shows one, unless the system shows none. */
  show(notice: Notice, words: Words): void {
    if (!Notification.isSupported()) return;
    const { account } = notice;
    const { title, body } = textOf(notice, words);
    const shown = new Notification({ title, body: plainBody(body, process.platform) });
    shown.on('click', () => {
      this.#shown.delete(account);
      this.#open(account);
    });
    this.#shown.get(account)?.close();
    this.#shown.set(account, shown);
    shown.show();
  }

  /** Takes all away: somebody looks at the window, or it was locked. */
  clear(): void {
    for (const shown of this.#shown.values()) shown.close();
    this.#shown.clear();
  }
}

/** Who and what, as far as it is said; else only that there is something. */
function textOf({ about, name, text, count }: Notice, words: Words): { title: string; body: string } {
  const happened = about === 'request' ? words.request : count > 1 ? words.messages.replace('{count}', String(count)) : words.message;
  return { title: name ?? 'Sotto', body: text ?? happened };
}
