// The stage of a journey: people with an engine and a window each, new for every test and gone after it. The browser and the relay between them
// are those of the file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { inject, test } from 'vitest';
import { createHome, openPeer, type RunningPeer } from '../../core/index.ts';
import { Window } from './window.ts';
import { type RunningBrowser, startBrowser, type Taste } from './window-browser.ts';
import { UiProcess } from './window-engine.ts';
import { picture } from './window-look.ts';
import { StageRelay } from './window-relay.ts';

/** How long two people may take to get in touch, ms. */
const PATIENCE = 30_000;
/** Spares the half second that a passphrase costs at each opening (scrypt's parameters); whoever makes or changes one in a window pays in full. */
const CHEAP = { n: 2 ** 10, r: 8, p: 1 };

/** Everything a journey needs, made when it asks. */
export class Stage {
  readonly #folder = temporaryFolder();
  readonly #browser: Browser;
  readonly #relay: () => Promise<StageRelay>;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #windows: Window[] = [];

  constructor(browser: Browser, relay: () => Promise<StageRelay>) {
    this.#browser = browser;
    this.#relay = relay;
  }

  /** The relay of the file: who was on the stage before is still known there. */
  relay(): Promise<StageRelay> {
    return this.#relay();
  }

  /** A relay that this test may kill. */
  async mortalRelay(): Promise<StageRelay> {
    const relay = new StageRelay(this.folderOf('relay'));
    this.#ends.push(() => relay.kill());
    return relay.start();
  }

  /** A folder for everything of somebody. */
  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Their home, which is not made by this. */
  homeOf(name: string): string {
    return join(this.folderOf(name), 'home');
  }

  /** The `sotto ui` of this person, running. */
  async engine(name: string): Promise<UiProcess> {
    const engine = new UiProcess(this.homeOf(name));
    this.#ends.push(() => engine.end('SIGKILL'));
    return engine.start();
  }

  /** A window of this engine. */
  async window(engine: Pick<UiProcess, 'url'>, taste: Taste = {}): Promise<Window> {
    const window = await Window.open(this.#browser, engine, taste);
    this.#windows.push(window);
    return window;
  }

  /** An engine, and a window of it. */
  async person(name: string, taste: Taste = {}): Promise<{ readonly engine: UiProcess; readonly window: Window }> {
    const engine = await this.engine(name);
    return { engine, window: await this.window(engine, taste) };
  }

  /** A home that only this passphrase opens. */
  async lockedHome(name: string, passphrase: string): Promise<void> {
    await createHome(this.homeOf(name), { name, passphrase, cost: CHEAP });
  }

  /** A peer without a window, in this process: for somebody whose screen does not matter. @param folder of their home, which is made */
  async peer(name: string, relay: StageRelay | null, folder = name): Promise<RunningPeer> {
    const home = this.homeOf(folder);
    await createHome(home, { name, passphrase: null });
    const peer = await this.again(folder);
    if (relay !== null) await peer.api.addRelay({ relay: relay.address });
    return peer;
  }

  /** The same over a home that is there already. */
  async again(name: string): Promise<RunningPeer> {
    const peer = await openPeer({ home: this.homeOf(name), passphrase: null, online: true });
    this.#ends.push(() => peer.close());
    return peer;
  }

  /** Homes of people who are in touch over the relay, each under their name; nobody of them runs afterwards. */
  async acquainted(relay: StageRelay, one: string, other: string): Promise<void> {
    const peers = [await this.peer(one, relay), await this.peer(other, relay)] as const;
    await acquaint(peers[0], one, peers[1], other);
    for (const peer of peers) await peer.close();
  }

  /** What the pages complained about. */
  get complaints(): string[] {
    return this.#windows.flatMap((window) => window.complaints);
  }

  /** Keeps how every window looks now, for who asks why a test failed. */
  async keepPictures(test: string): Promise<void> {
    for (const [at, { page }] of this.#windows.entries()) await picture(page, `failed ${test} ${at + 1}`.replaceAll(/\W+/g, '-'));
  }

  /** Ends everything. */
  async end(): Promise<void> {
    await Promise.all(this.#windows.map((window) => window.close()));
    await Promise.all(this.#ends.map((end) => end()));
    remove(this.#folder);
  }
}

/** A relay that begins when the first asks for it. */
class RelayOfTheFile {
  #relay: Promise<StageRelay> | null = null;
  readonly #folder = temporaryFolder();

  readonly there = (): Promise<StageRelay> => {
    this.#relay ??= new StageRelay(join(this.#folder, 'relay')).start();
    return this.#relay;
  };

  async end(): Promise<void> {
    await (await this.#relay)?.kill();
    remove(this.#folder);
  }
}

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sotto-window-'));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Each accepts the other and keeps them under their name. */
export async function acquaint(one: RunningPeer, name: string, other: RunningPeer, otherName: string): Promise<void> {
  const { link } = await other.api.createInvite({ public: false, expiresInMs: 0 });
  await one.api.addContact({ link, petname: otherName });
  await one.api.sync({ timeoutMs: PATIENCE });
  await other.api.sync({ timeoutMs: PATIENCE });
  await other.api.accept({ who: name, petname: name });
  for (const peer of [other, one, other]) await peer.api.sync({ timeoutMs: PATIENCE });
}

/** A test that has a stage; skipped where there is no Chromium. It fails for whatever a page complains about. */
export const journey = test
  .extend<{ $file: { browser: RunningBrowser; relay: RelayOfTheFile }; $test: { stage: Stage } }>({
    browser: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
      async ({}, use) => {
        const running = await startBrowser();
        await use(running);
        await running.close();
      },
      { scope: 'file' },
    ],
    relay: [
      // biome-ignore lint/correctness/noEmptyPattern: as above
      async ({}, use) => {
        const relay = new RelayOfTheFile();
        await use(relay);
        await relay.end();
      },
      { scope: 'file' },
    ],
    stage: async ({ browser, relay, task }, use) => {
      const stage = new Stage(browser.browser, relay.there);
      await use(stage);
      const { complaints } = stage;
      if (task.result?.state === 'fail' || complaints.length > 0) await stage.keepPictures(task.name);
      await stage.end();
      if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
    },
  })
  .skipIf(inject('chromium') === null);
