// Somebody without a mouse: goes by keys alone, and everywhere they come to must be seen.
import type { Locator, Page } from 'playwright-core';
import { focusSeen } from './window-look.ts';

/** Steps after which a place counts as not reachable. */
const MOST_STEPS = 40;

/** True when the keyboard is there. */
export async function hasFocus(place: Locator): Promise<boolean> {
  return (await place.and(place.page().locator(':focus')).count()) === 1;
}

/** The keyboard of a page. Remembers where the focus could not be seen. */
export class Keys {
  readonly #page: Page;
  readonly unseen: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.#page.keyboard.press(key);
      await this.#look();
    }
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.insertText(text);
    await this.#look();
  }

  /** Goes on by Tab until it is there. @throws Error when it cannot be reached */
  async tabTo(place: Locator): Promise<void> {
    await place.waitFor({ state: 'attached' });
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (await hasFocus(place)) return;
      await this.press('Tab');
    }
    throw new Error(`not reached by Tab: ${place}`);
  }

  async #look(): Promise<void> {
    const focus = await focusSeen(this.#page);
    if (focus !== null && !focus.seen) this.unseen.push(focus.at);
  }
}
