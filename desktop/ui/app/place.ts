// Where a person is in the window. Conversations are named by the account of the contact.

/** One place of the window. */
export type Place =
  | { readonly at: 'conversations' }
  | { readonly at: 'conversation'; readonly account: string }
  | { readonly at: 'request'; readonly account: string }
  /** `link`: somebody came to put one in. */
  | { readonly at: 'invite'; readonly link?: boolean }
  | { readonly at: 'settings'; readonly page?: string }
  | { readonly at: 'contact'; readonly account: string };

/** Where everybody begins. */
export const START: Place = { at: 'conversations' };

/** True for the same place. */
export function isSamePlace(a: Place, b: Place): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A place as a browser's history kept it; null when it is none. */
export function readPlace(value: unknown): Place | null {
  if (typeof value !== 'object' || value === null) return null;
  const { at, account, page, link } = value as Record<string, unknown>;
  if (at === 'conversations') return { at };
  if (at === 'invite') return link === true ? { at, link } : { at };
  if (at === 'settings') return typeof page === 'string' ? { at, page } : { at };
  if ((at === 'conversation' || at === 'request' || at === 'contact') && typeof account === 'string') return { at, account };
  return null;
}
