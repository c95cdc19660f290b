// The line of a page that `sotto ui` serves to a browser. What it knocks with, and why, stands in knock.ts.
import type { Carrier } from '../../../core/carrier/carrier.ts';
import { isSecret } from '../../../core/carrier/window-door.ts';
import { Knocker, type Page } from './knock.ts';

const SECRET_BYTES = 32;

const page: Page = {
  host: location.host,
  hash: location.hash,
  wipeHash: () => history.replaceState(history.state, '', location.pathname),
  kept: sessionStorage,
  connect: (url, protocols) => new WebSocket(url, protocols),
  secret: () => crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64({ alphabet: 'base64url', omitPadding: true }),
};

let knocker: Knocker | null = null;

/** A line to the engine that served this page; null when it is gone or knows this tab no more: then it has to be opened again by `sotto ui`. */
export function browserLine(): Promise<Carrier | null> {
  if (knocker === null) {
    knocker = new Knocker(page);
    // Another address pasted into this tab changes only what stands behind `#`.
    addEventListener('hashchange', () => {
      if (isSecret(location.hash.slice(1))) location.reload();
    });
  }
  return knocker.knock();
}
