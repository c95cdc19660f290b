// How a page in a browser knocks at its engine: names and secrets in the subprotocols of one WebSocket, never in an address or a log.
// Written by the page, read by the engine; what the secrets are good for stands in core/host/page-door.ts.

/** Path of the WebSocket. */
export const WINDOW_PATH = '/window';
/** The one subprotocol that is ever agreed on; the others carry secrets and are never said back. */
export const WINDOW_PROTOCOL = 'sotto.window.1';

/** What a page offers. Each secret is 32 random bytes as base64url. */
export interface Offer {
  /** From the address that the person opened; good for one use. Null when the tab was let in before. */
  readonly token: string | null;
  /** The tab's own secret, made by the page: it opens again what the token opened once. */
  readonly session: string;
  /** What the engine has to say first, so that the page knows it again; told only together with the token. */
  readonly answer: string | null;
}

const PARTS = ['token', 'session', 'answer'] as const;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** True for 32 bytes as base64url. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** The offer as subprotocols. */
export function writeOffer(offer: Offer): string[] {
  return [WINDOW_PROTOCOL, ...PARTS.flatMap((part) => (offer[part] === null ? [] : [`${part}.${offer[part]}`]))];
}

/** Reads subprotocols; null unless they are exactly an offer. */
export function readOffer(protocols: readonly string[]): Offer | null {
  const [first, ...rest] = protocols;
  if (first !== WINDOW_PROTOCOL || rest.length > PARTS.length) return null;
  const found = new Map(rest.map((text) => [text.slice(0, text.indexOf('.')), text.slice(text.indexOf('.') + 1)]));
  const isKnown = [...found].every(([part, secret]) => (PARTS as readonly string[]).includes(part) && isSecret(secret));
  const session = found.get('session');
  if (!isKnown || found.size !== rest.length || session === undefined) return null;
  return { token: found.get('token') ?? null, session, answer: found.get('answer') ?? null };
}
