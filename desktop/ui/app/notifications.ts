// Notifications in a browser, where no shell shows them: only while nobody looks at the window, and never more than the engine lets out.
import type { Notice } from '../../../core/window-api.ts';

/** What a browser does for them. */
export interface Desk {
  /** True while somebody looks at this window. */
  isLooked(): boolean;
  /** Shows one in the place of any other; answers what takes it away. Null where the person allowed none. */
  show(title: string, body: string, clicked: () => void): (() => void) | null;
}

/** Shows what comes while nobody looks, one at a time: the newest. */
export class Notifications {
  readonly #desk: Desk;
  readonly #open: (account: string) => void;
  #takeAway: (() => void) | null = null;

  /** @param open it was clicked: shows what there is of this account */
  constructor(desk: Desk, open: (account: string) => void) {
    this.#desk = desk;
    this.#open = open;
  }

  /** @param happened what to say where the text is not to be shown */
  show({ account, name, text }: Notice, happened: string): void {
    if (this.#desk.isLooked()) return;
    this.clear();
    this.#takeAway = this.#desk.show(name ?? 'Sotto', text ?? happened, () => {
      this.clear();
      this.#open(account);
    });
  }

  /** Somebody looks at the window, or it was locked. */
  clear(): void {
    this.#takeAway?.();
    this.#takeAway = null;
  }
}
