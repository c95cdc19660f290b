// Gives the page its files, over its own scheme and from a fixed list: a path is looked up, never walked, so no path leads anywhere else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Protocol } from 'electron';
import { isOwnPage, SCHEME } from './origin.ts';

/** What the page may do, said with every file: nothing but its own scripts and styles, no network, no string that becomes markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'none'",
  "form-action 'none'",
  "frame-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Features of a browser that the page never uses: a fault in it could. */
const DENIED_FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/** Said with every answer; the page server of a browser says the same, and a test holds both to it. */
export const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy': DENIED_FEATURES.map((feature) => `${feature}=()`).join(', '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Frame-Options': 'DENY',
} as const;

/** Kinds of files the page consists of; a file of no such kind is not served. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

/** Makes the scheme one that pages can live on. Once, and before the app is ready. Never `bypassCSP`. */
export function declareScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the page. @param folder where its files are @param files all of them, with `/` between folders */
export function servePage(protocol: Protocol, folder: string, files: readonly string[]): void {
  const byPath = new Map(files.map((file) => [`/${file}`, file]));
  protocol.handle(SCHEME, async ({ url, method }) => {
    const file = isOwnPage(url) && method === 'GET' ? byPath.get(new URL(url).pathname) : undefined;
    const type = file === undefined ? undefined : TYPES[file.slice(file.lastIndexOf('.') + 1)];
    if (file === undefined || type === undefined) return new Response(null, { status: 404, headers: HEADERS });
    const body = await readFile(join(folder, file));
    return new Response(body, { headers: { ...HEADERS, 'Content-Type': type } });
  });
}
