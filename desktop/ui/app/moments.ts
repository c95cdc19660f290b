// What is only good for a moment: who types, and whether those are here whom somebody looks at. As the engine tells it, which also says when
// it is over; nothing of it outlives the line to the engine.
import type { CallOutput } from '../../../core/api.ts';
import { Cell, type Readable } from './readable.ts';

/** Whether somebody is here, as the relay says. */
export type Presence = CallOutput<'presence'>;

/** By account. */
export class Moments {
  readonly #typing = new Cell<ReadonlySet<string>>(new Set());
  readonly #presence = new Cell<ReadonlyMap<string, Presence>>(new Map());

  /** Who types to us. */
  get typing(): Readable<ReadonlySet<string>> {
    return this.#typing;
  }

  /** Who is here, and who was; nobody of whom nothing is known. */
  get presence(): Readable<ReadonlyMap<string, Presence>> {
    return this.#presence;
  }

  /** They type. @param until 0: no longer */
  onTyping(account: string, until: number): void {
    const typing = new Set(this.#typing.get());
    if (until === 0 ? typing.delete(account) : !typing.has(account) && typing.add(account)) this.#typing.set(typing);
  }

  onPresence(account: string, presence: Presence): void {
    const all = new Map(this.#presence.get());
    all.delete(account);
    if (presence.state === 'online' || presence.state === 'away') all.set(account, presence);
    this.#presence.set(all);
  }

  /** Nobody says any more what is the case. */
  forget(): void {
    this.#typing.set(new Set());
    this.#presence.set(new Map());
  }
}
