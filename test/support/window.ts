// One window of somebody's engine in Chromium, and what every window can do. What its screens hold is in window-screens.ts.
import type { Browser, Page } from 'playwright-core';
import { complaintsOf, freshPage, type Taste } from './window-browser.ts';
import type { UiProcess } from './window-engine.ts';

/** A page over an engine. */
export class Window {
  readonly page: Page;
  readonly #complaints: string[];
  readonly #expected: RegExp[] = [];

  private constructor(page: Page) {
    this.page = page;
    this.#complaints = complaintsOf(page);
  }

  /** A fresh context in which the engine's page is open. */
  static async open(browser: Browser, engine: UiProcess, taste: Taste = {}): Promise<Window> {
    const window = new Window(await freshPage(browser, taste));
    await window.page.goto(engine.url);
    return window;
  }

  /** What the page complained about, less what was announced. */
  get complaints(): readonly string[] {
    return this.#complaints.filter((one) => !this.#expected.some((pattern) => pattern.test(one)));
  }

  /** Says what a page may well complain about in this test: a browser reports a lost line as an error whatever the page does. */
  expectComplaint(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
