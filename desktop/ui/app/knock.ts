// How this page gets its line to the engine that served it: by the secret of its address once, by secrets of its own from then on.
// Shows no secret to anybody but that engine, and believes none that does not say the agreed answer first. Holds no DOM.
import type { Carrier } from '../../../core/carrier/carrier.ts';
import { type Socket, socketCarrier } from '../../../core/carrier/socket.ts';
import { isSecret, type Offer, WINDOW_PATH, writeOffer } from '../../../core/carrier/window-door.ts';

/** Where a tab keeps its secrets: gone with the tab. */
export const KEPT_AS = 'sotto.window';
/** How long an engine on this machine may take to say the answer, ms. */
const ANSWER_MS = 10_000;

/** What a page has of use here. */
export interface Page {
  readonly host: string;
  /** With its `#`, or empty. */
  readonly hash: string;
  /** Takes the hash out of the address, so that no glance, bookmark or copy of it holds the secret. */
  wipeHash(): void;
  readonly kept: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  connect(url: string, protocols: string[]): Socket;
  /** 32 fresh random bytes as base64url. */
  secret(): string;
}

/** What opens the engine's door, and the answer that shows it is ours. */
interface Keys {
  readonly token: string | null;
  readonly session: string;
  readonly answer: string;
}

/** Knocks, and knocks again, from one page. */
export class Knocker {
  readonly #page: Page;
  /** In the order in which they are tried. */
  #keys: readonly Keys[];

  constructor(page: Page) {
    this.#page = page;
    this.#keys = keptKeys(page);
    this.#takeAddress();
  }

  /** The address of this page, or another that was pasted into its tab: the engine behind it is asked first. */
  #takeAddress(): void {
    const token = this.#page.hash.slice(1);
    if (!isSecret(token)) return;
    this.#page.wipeHash();
    this.#keys = [{ token, session: this.#page.secret(), answer: this.#page.secret() }, ...this.#keys];
  }

  /** A line to the engine; null when it is gone or knows this tab no more. Whoever gets it listens in the same turn. */
  async knock(): Promise<Carrier | null> {
    this.#takeAddress();
    for (const keys of this.#keys) {
      const carrier = await this.#try(keys);
      if (carrier === null) continue;
      this.#keys = [{ ...keys, token: null }];
      this.#page.kept.setItem(KEPT_AS, JSON.stringify([keys.session, keys.answer]));
      return carrier;
    }
    return null;
  }

  #try({ token, session, answer }: Keys): Promise<Carrier | null> {
    const offer: Offer = { token, session, answer: token === null ? null : answer };
    const socket = this.#page.connect(`ws://${this.#page.host}${WINDOW_PATH}`, writeOffer(offer));
    return new Promise((resolve) => {
      let isFirst = true;
      const refuse = () => {
        clearTimeout(timer);
        resolve(null);
        if (isFirst) socket.close();
      };
      const timer = setTimeout(refuse, ANSWER_MS);
      socket.addEventListener('message', ({ data }) => {
        if (isFirst && data !== answer) refuse();
        else if (isFirst) resolve(socketCarrier(socket));
        isFirst = false;
        clearTimeout(timer);
      });
      socket.addEventListener('error', refuse);
      socket.addEventListener('close', refuse);
    });
  }
}

function keptKeys(page: Page): readonly Keys[] {
  try {
    const [session, answer] = JSON.parse(page.kept.getItem(KEPT_AS) ?? '[]') as unknown[];
    return isKept(session) && isKept(answer) ? [{ token: null, session, answer }] : [];
  } catch {
    return [];
  }
}

function isKept(value: unknown): value is string {
  return typeof value === 'string' && isSecret(value);
}
