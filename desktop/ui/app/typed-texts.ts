// Unfinished texts: shown at once, saved in the background, one save for each account at a time. What could not be saved because the engine
// was away is kept here and saved as soon as it is back.
import type { WindowApi } from '../../../core/window-api.ts';
import { Cell, type Readable } from './readable.ts';

type Typed = Awaited<ReturnType<WindowApi['typed']>>;

/** The unfinished texts of this window. */
export class TypedTexts {
  readonly #api: Pick<WindowApi, 'saveTyped' | 'typed'>;
  readonly #texts = new Cell<ReadonlyMap<string, string>>(new Map());
  /** Accounts whose text the engine may not have. */
  readonly #unsaved = new Set<string>();
  readonly #saving = new Map<string, Promise<void>>();

  constructor(api: Pick<WindowApi, 'saveTyped' | 'typed'>) {
    this.#api = api;
  }

  /** By account. */
  get texts(): Readable<ReadonlyMap<string, string>> {
    return this.#texts;
  }

  /** True while the engine may not have everything. */
  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0 || this.#saving.size > 0;
  }

  /** Resolves when nothing is on its way to the engine any more, saved or not. */
  async settled(): Promise<void> {
    while (this.#saving.size > 0) await Promise.all(this.#saving.values());
  }

  /** Forgets what is not saved. */
  drop(): void {
    this.#unsaved.clear();
    this.#texts.set(new Map());
  }

  /** Keeps a text; an empty one forgets it. */
  set(account: string, text: string): void {
    if ((this.#texts.get().get(account) ?? '') === text) return;
    this.#texts.set(withText(this.#texts.get(), account, text));
    this.#unsaved.add(account);
    void this.#save(account);
  }

  /** A text that was not sent, whose field is gone: it stands in front of what was typed since. */
  keepUnsent(account: string, text: string): void {
    const since = this.#texts.get().get(account) ?? '';
    if (!since.startsWith(text)) this.set(account, text + since);
  }

  /** Another window typed, or what we saved was kept: ours is newer while it is not saved. */
  onTyped(account: string, text: string): void {
    if (!this.#isOurs(account)) this.#texts.set(withText(this.#texts.get(), account, text));
  }

  /** It was sent, and the engine forgot it in the same commit. What was typed since is kept. */
  onSent(account: string, text: string): void {
    const now = this.#texts.get().get(account) ?? '';
    if (now !== text) void this.#saveAgain(account);
    else this.#texts.set(withText(this.#texts.get(), account, ''));
  }

  /** Asks for all of them; what is newer here stays. Then saves what could not be saved before. */
  async ask(): Promise<void> {
    const answer: Typed = await this.#api.typed({});
    let texts: ReadonlyMap<string, string> = new Map(answer.map(({ account, text }) => [account, text]));
    for (const account of new Set([...this.#unsaved, ...this.#saving.keys()]))
      texts = withText(texts, account, this.#texts.get().get(account) ?? '');
    this.#texts.set(texts);
    for (const account of this.#unsaved) void this.#save(account);
  }

  /** Shows nothing any more; what is not saved yet is kept for when it is open again. */
  hide(): void {
    this.#texts.set(new Map([...this.#texts.get()].filter(([account]) => this.#isOurs(account))));
  }

  /** True while nobody knows whether the engine has the text: also one that is on its way may be refused. */
  #isOurs(account: string): boolean {
    return this.#unsaved.has(account) || this.#saving.has(account);
  }

  async #saveAgain(account: string): Promise<void> {
    this.#unsaved.add(account);
    await this.#save(account);
  }

  #save(account: string): Promise<void> {
    const running = this.#saving.get(account);
    if (running !== undefined) return running;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#saving.set(account, promise);
    void this.#saveAll(account).then(resolve);
    return promise;
  }

  async #saveAll(account: string): Promise<void> {
    try {
      while (this.#unsaved.has(account)) {
        this.#unsaved.delete(account);
        await this.#api.saveTyped({ who: account, text: this.#texts.get().get(account) ?? '' });
      }
    } catch {
      this.#unsaved.add(account);
    } finally {
      this.#saving.delete(account);
    }
  }
}

function withText(texts: ReadonlyMap<string, string>, account: string, text: string): ReadonlyMap<string, string> {
  const next = new Map(texts);
  if (text === '') next.delete(account);
  else next.set(account, text);
  return next;
}
