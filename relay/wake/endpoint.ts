// What may be an endpoint at all, as its URL says: it is read once when it is set, and once more before each call.
import { isIP } from 'node:net';
import { utf8 } from '../../core/base/bytes.ts';
import { MAX_ENDPOINT_BYTES } from '../../core/wire/limits.ts';
import { isPublic } from './ranges.ts';

/** Kinds of endpoint, as on the wire. */
export const KIND = { webhook: 1, unifiedPush: 2, webPush: 3 } as const;
const KINDS: ReadonlySet<number> = new Set(Object.values(KIND));

/** Ports below this are those of other services, which nothing may reach by way of a relay: 443 stands for all of them. */
const FIRST_FREE_PORT = 1_024;

/** A URL taken apart. */
export interface Target {
  readonly secure: boolean;
  /** As in the URL; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** For the header. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
  /** Scheme and authority. */
  readonly origin: string;
}

/** Where a URL of a kind leads; null when it may not be an endpoint. @param allowPrivate the operator allows private networks, and plain http */
export function targetOf(kind: number, text: string, allowPrivate: boolean): Target | null {
  if (!KINDS.has(kind) || utf8(text).length > MAX_ENDPOINT_BYTES || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  const standard = secure ? 443 : 80;
  const port = url.port === '' ? standard : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isWellFormed = url.username === '' && url.password === '' && url.hash === '' && !text.includes('#');
  const isAllowed = (secure || (allowPrivate && url.protocol === 'http:')) && (port === standard || port >= FIRST_FREE_PORT);
  if (!isWellFormed || !isAllowed || (isIP(host) !== 0 && !allowPrivate && !isPublic(host))) return null;
  return { secure, host, port, authority: url.host, path: url.pathname + url.search, origin: url.origin };
}
