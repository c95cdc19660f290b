// What a person finds on the screens of a window, by roles and names alone, as somebody who listens to it does: a new look changes nothing here.
import type { Locator, Page } from 'playwright-core';

/** The list of conversations and of requests. */
export class ListScreen {
  readonly pane: Locator;

  constructor(page: Page) {
    this.pane = page.getByRole('navigation', { name: 'Conversations' });
  }

  /** The row of somebody. */
  row(name: string): Locator {
    return this.pane.getByRole('list', { name: 'Conversations' }).getByRole('listitem').filter({ hasText: name });
  }

  async open(name: string): Promise<void> {
    await this.row(name).click();
  }

  /** The row of somebody who asks. */
  request(name: string): Locator {
    return this.pane.getByRole('region', { name: 'Requests' }).getByRole('listitem').filter({ hasText: name });
  }

  /** The line that says how we are connected. */
  get connection(): Locator {
    return this.pane.getByRole('status').filter({ hasText: /connect|waiting|offline|refuse|relay/i });
  }
}

/** A conversation. */
export class TalkScreen {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get messages(): Locator {
    return this.#page.getByRole('list', { name: 'Messages' });
  }

  /** Rows that hold this text. */
  message(text: string): Locator {
    return this.messages.getByRole('listitem').filter({ hasText: text });
  }

  /** A row of ours, once it is at this state. */
  messageThatIs(text: string, state: RegExp): Locator {
    return this.message(text).filter({ has: this.#page.getByRole('img', { name: state }) });
  }

  get composer(): Locator {
    return this.#page.getByRole('textbox', { name: 'Write a message' });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Says it, and waits until it is shown. */
  async sayAndSee(text: string): Promise<void> {
    await this.say(text);
    await this.message(text).waitFor();
  }

  async showContact(): Promise<void> {
    await this.#page.getByRole('main').getByRole('button', { name: 'Show contact' }).click();
  }
}

/** Links in and out. */
export class InviteScreen {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(): Promise<void> {
    await this.#page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    await this.#page.keyboard.press('Control+i');
    await this.#page.getByRole('heading', { name: 'Add somebody' }).waitFor();
  }

  /** A new link, as it stands on the screen. */
  async make(): Promise<string> {
    await this.#page.getByRole('button', { name: 'Make a link' }).click();
    return linkOn(this.#page);
  }

  /** Asks whoever made the link. */
  async use(link: string, petname: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Their link' }).fill(link);
    await this.#page.getByRole('textbox', { name: 'Your name for them' }).fill(petname);
    await this.#page.getByRole('button', { name: 'Ask to write to them' }).click();
  }
}

/** The first invite link on the screen. */
export async function linkOn(page: Page): Promise<string> {
  const shown = page.getByText(/sotto:invite\/\S+/).first();
  await shown.waitFor();
  return /sotto:invite\/[\w-]+/.exec((await shown.textContent()) ?? '')?.[0] ?? '';
}

/** The first run, step by step. */
export class FirstRunScreen {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async next(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Next' }).click();
  }

  async name(name: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await this.next();
  }

  /** Null: nothing is asked. */
  async lock(passphrase: string | null): Promise<void> {
    if (passphrase === null) await this.#page.getByRole('radio', { name: /No passphrase/ }).check();
    else {
      await this.#page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(passphrase);
      await this.#page.getByRole('textbox', { name: 'The same passphrase again' }).fill(passphrase);
    }
    await this.next();
  }

  async relay(address: string): Promise<void> {
    await this.#page.getByRole('radio', { name: /I was given a relay/ }).check();
    await this.#page.getByRole('textbox', { name: 'Address of the relay' }).fill(address);
    await this.#page.getByRole('button', { name: 'Create account' }).click();
  }

  /** A relay on this machine. */
  async relayHere(): Promise<void> {
    await this.#page.getByRole('radio', { name: /Try it here/ }).check();
    await this.#page.getByRole('button', { name: 'Create account' }).click();
  }

  /** One's own link, made already. */
  link(): Promise<string> {
    return linkOn(this.#page);
  }

  async done(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Go to my conversations' }).click();
  }
}

/** A request of somebody. */
export class RequestScreen {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get whole(): Locator {
    return this.#page.getByRole('main');
  }

  async accept(petname: string): Promise<void> {
    await this.#page.getByRole('textbox', { name: 'Your name for them' }).fill(petname);
    await this.#page.getByRole('button', { name: 'Accept' }).click();
  }

  async decline(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Decline' }).click();
  }
}

/** A page of the settings. */
export class SettingsScreen {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Goes to a page by its name. */
  async open(name: string): Promise<void> {
    const pages = this.#page.getByRole('navigation', { name: 'Pages of the settings' });
    await this.#page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    if (!(await pages.isVisible())) await this.#page.keyboard.press('Control+,');
    await pages.getByRole('button', { name }).click();
    await this.#page.getByRole('heading', { name, level: 1 }).waitFor();
  }
}

/** Asked for the passphrase. */
export class UnlockScreen {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get field(): Locator {
    return this.#page.getByRole('textbox', { name: /passphrase/i });
  }

  async unlock(passphrase: string): Promise<void> {
    await this.field.fill(passphrase);
    await this.field.press('Enter');
  }
}
