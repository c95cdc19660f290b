// What a browser keeps of the places of a tab: it writes its history and the tab's storage to the disk in clear, and shows both to whoever sits
// there. Who it was stands in neither: an account has a name that nothing but the list of this tab resolves, and the list goes when the home is locked.
import { type Place, readPlace } from './place.ts';

/** Where a tab keeps its place, for when it is opened anew by another address. */
export const KEPT_AS = 'sotto.place';

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The places of one tab. */
export class KeptPlaces {
  readonly #storage: TabStorage;
  /** By the name it is kept under. */
  readonly #accounts: Map<string, string>;
  #last: unknown;

  constructor(storage: TabStorage) {
    this.#storage = storage;
    const [accounts, last] = kept(storage);
    this.#accounts = new Map(accounts);
    this.#last = last;
  }

  /** The last place that was kept; null: none, or it was locked since. */
  get last(): Place | null {
    return this.read(this.#last);
  }

  /** Keeps it as the last one; answers what the history is to hold. */
  keep(place: Place): unknown {
    const written = 'account' in place ? { at: place.at, ref: this.#refOf(place.account) } : place;
    this.#last = written;
    this.#storage.setItem(KEPT_AS, JSON.stringify([[...this.#accounts], written]));
    return written;
  }

  /** The place that the history holds; null: none, or it was locked since. */
  read(written: unknown): Place | null {
    const ref = typeof written === 'object' && written !== null && 'ref' in written ? written.ref : null;
    return readPlace(typeof ref === 'string' ? { ...(written as object), account: this.#accounts.get(ref) } : written);
  }

  /** Whoever looks from now on finds nobody. */
  forget(): void {
    this.#accounts.clear();
    this.#last = null;
    this.#storage.removeItem(KEPT_AS);
  }

  #refOf(account: string): string {
    const known = [...this.#accounts].find(([, one]) => one === account)?.[0];
    const ref = known ?? crypto.getRandomValues(new Uint32Array(3)).join('-');
    this.#accounts.set(ref, account);
    return ref;
  }
}

function kept(storage: TabStorage): readonly [Iterable<readonly [string, string]>, unknown] {
  try {
    const [accounts, last] = JSON.parse(storage.getItem(KEPT_AS) ?? '[]') as unknown[];
    return [(Array.isArray(accounts) ? accounts : []).filter(isEntry), last];
  } catch {
    return [[], null];
  }
}

function isEntry(entry: unknown): entry is readonly [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
}
