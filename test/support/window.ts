// One window of somebody's engine in Chromium, and what every window can do. What its screens hold is in window-screens.ts.
import type { Browser, Locator, Page } from 'playwright-core';
import { complaintsOf, freshPage, type Taste } from './window-browser.ts';
import type { UiProcess } from './window-engine.ts';
import { FirstRunScreen, InviteScreen, ListScreen, RequestScreen, SettingsScreen, TalkScreen, UnlockScreen } from './window-screens.ts';

/** How long anything may take to be on the screen, ms. */
const PATIENCE = 10_000;

/** A page over an engine. */
export class Window {
  readonly page: Page;
  readonly firstRun: FirstRunScreen;
  readonly list: ListScreen;
  readonly talk: TalkScreen;
  readonly invite: InviteScreen;
  readonly request: RequestScreen;
  readonly settings: SettingsScreen;
  readonly unlock: UnlockScreen;
  readonly #complaints: string[];
  readonly #expected: RegExp[] = [];

  private constructor(page: Page) {
    page.setDefaultTimeout(PATIENCE);
    this.page = page;
    this.firstRun = new FirstRunScreen(page);
    this.list = new ListScreen(page);
    this.talk = new TalkScreen(page);
    this.invite = new InviteScreen(page);
    this.request = new RequestScreen(page);
    this.settings = new SettingsScreen(page);
    this.unlock = new UnlockScreen(page);
    this.#complaints = complaintsOf(page);
  }

  /** A fresh context in which the engine's page is open. */
  static async open(browser: Browser, engine: Pick<UiProcess, 'url'>, taste: Taste = {}): Promise<Window> {
    const window = new Window(await freshPage(browser, taste));
    await window.page.goto(engine.url);
    return window;
  }

  /** What stands beside the list. */
  get main(): Locator {
    return this.page.getByRole('main');
  }

  /** Waits until this was said in a few words at the edge. */
  async said(words: string): Promise<void> {
    await this.page
      .getByRole('log')
      .filter({ hasText: words })
      .or(this.page.getByRole('status').filter({ hasText: words }))
      .or(this.page.getByRole('alert').filter({ hasText: words }))
      .first()
      .waitFor({ state: 'attached' });
  }

  /** What the page complained about, less what was announced. */
  get complaints(): readonly string[] {
    return this.#complaints.filter((one) => !this.#expected.some((pattern) => pattern.test(one)));
  }

  /** Says what a page may well complain about in this test: a browser reports a lost line as an error whatever the page does. */
  expectComplaint(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** Does what the window asks for after its engine was started anew: its address, opened in the same tab. */
  async comeBack(engine: UiProcess): Promise<void> {
    await this.page.goto(engine.url);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
