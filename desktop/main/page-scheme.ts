// Gives the page its files, over its own scheme and from a fixed list: a path is looked up, never walked, so no path leads anywhere else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Protocol } from 'electron';
import { PAGE_TYPES, pageHeaders } from '../../core/carrier/page-policy.ts';
import { isOwnPage, SCHEME } from './origin.ts';

/** Said with every answer; a page of the desktop connects to nothing. */
export const HEADERS = pageHeaders("'none'");

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
    const type = file === undefined ? undefined : PAGE_TYPES[file.slice(file.lastIndexOf('.') + 1)];
    if (file === undefined || type === undefined) return new Response(null, { status: 404, headers: HEADERS });
    const body = await readFile(join(folder, file));
    return new Response(body, { headers: { ...HEADERS, 'Content-Type': type } });
  });
}
