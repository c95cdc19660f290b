// Who the page is: one scheme, one host. Compared by protocol and host, because Node says that the origin of `app://sotto` is "null".

/** The page's own scheme. */
export const SCHEME = 'app';
/** The page's only host. */
export const HOST = 'sotto';
/** Where the window starts. */
export const START = `${SCHEME}://${HOST}/index.html`;

/** True for an address of our own page. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${SCHEME}:` && url.host === HOST && url.username === '' && url.password === '';
}

/** Longest address opened in the browser, characters. */
const MAX_OUTSIDE_CHARS = 4_096;

/**
 * What may be opened in the browser: the web, and only without credentials, which could imitate a host. The page shows the host and asks
 * first; what it offers is the same (message-text.ts; a test compares). Null: nothing.
 */
export function outsideAddress(address: string): string | null {
  if (address.length > MAX_OUTSIDE_CHARS) return null;
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  return url.href;
}
