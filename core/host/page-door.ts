// Who may open a window in a browser. Holds one token and, once it is spent, one session; keeps of every secret only what it needs to know it again.
//
// The address that a person opens carries the token behind `#`, where no server and no log sees it. The page spends it on its first
// connection and names two secrets of its own: by the first, kept in the tab's sessionStorage, the same tab gets in again after a reload
// or a sleep; the second the engine says first on every connection, so that a page whose engine has ended does not take another program
// on the same port for it, and never asks for a passphrase there. All of it lives in memory: when the process ends, every secret is void,
// and the page says that it has to be opened again.
import { base64url, equal, utf8 } from '../base/bytes.ts';
import { type Clock, random } from '../base/clock.ts';
import { sha256 } from '../base/hash.ts';
import type { Offer } from '../carrier/window-door.ts';

/** How long a tab that is closed can come back, ms: one that its browser put away overnight does; a copy of its secret that is older does not. */
export const SESSION_KEPT_MS = 86_400_000;

const TOKEN_BYTES = 32;

/** A tab that was let in. */
export interface Admission {
  /** What the engine says first. */
  readonly answer: string;
  /** Call once its connection is open; the answer, once that has closed. */
  entered(): () => void;
}

interface Session {
  readonly hash: Uint8Array;
  readonly answer: string;
  windows: number;
  forget: () => void;
}

/** The door of one page server: its token opens once, its session again and again. */
export class Door {
  /** For the address; good until somebody came in with it. */
  readonly token = base64url(random(TOKEN_BYTES));
  readonly #clock: Clock;
  #unspent: Uint8Array | null = hashOf(this.token);
  #session: Session | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets a tab in, or null: a secret that is wrong, spent, or too long unused. */
  admit(offer: Offer): Admission | null {
    const session = this.#known(offer.session) ?? this.#first(offer);
    return session === null ? null : { answer: session.answer, entered: () => this.#enter(session) };
  }

  #known(secret: string): Session | null {
    return this.#session !== null && equal(this.#session.hash, hashOf(secret)) ? this.#session : null;
  }

  #first({ token, session, answer }: Offer): Session | null {
    if (this.#unspent === null || token === null || answer === null || !equal(this.#unspent, hashOf(token))) return null;
    this.#unspent = null;
    this.#session = { hash: hashOf(session), answer, windows: 0, forget: () => undefined };
    this.#keepAWhile(this.#session);
    return this.#session;
  }

  #enter(session: Session): () => void {
    session.windows += 1;
    session.forget();
    return () => {
      session.windows -= 1;
      if (session.windows === 0) this.#keepAWhile(session);
    };
  }

  #keepAWhile(session: Session): void {
    session.forget();
    session.forget = this.#clock.after(SESSION_KEPT_MS, () => {
      this.#session = null;
    });
  }
}

/** Secrets are compared by their hashes, in constant time: neither length nor beginning of the right one shows. */
function hashOf(secret: string): Uint8Array {
  return sha256(utf8(secret));
}
