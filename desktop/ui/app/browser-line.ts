// The line of a page that `sotto ui` serves to a browser. What it knocks with, and why, stands in knock.ts.
import type { Carrier } from '../../../core/carrier/carrier.ts';
import { isSecret } from '../../../core/carrier/window-door.ts';
import { Knocker, type Page } from './knock.ts';

const SECRET_BYTES = 32;

const page: Page = {
  host: location.host,
  get hash() {
    return location.hash;
  },
  wipeHash: () => history.replaceState(history.state, '', location.pathname + location.search),
  kept: sessionStorage,
  connect: (url, protocols) => new WebSocket(url, protocols),
  secret: () => crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64({ alphabet: 'base64url', omitPadding: true }),
};

let knocker: Knocker | null = null;
let line: Carrier | null = null;

/** A line to the engine that served this page; null when it is gone or knows this tab no more: then it has to be opened again by `sotto ui`. */
export async function browserLine(): Promise<Carrier | null> {
  if (knocker === null) {
    knocker = new Knocker(page);
    addEventListener('hashchange', leaveLine);
  }
  line = await knocker.knock();
  return line;
}

/** Another address was pasted into this tab, which changes only what stands behind `#`: the next knock is at its engine, and what is typed here stays. */
function leaveLine(): void {
  if (isSecret(location.hash.slice(1))) line?.close();
}
