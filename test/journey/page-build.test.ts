// The built page: whatever its policy would refuse is not in it, and what Alice waits for is small.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ROOT } from '../support/readme.ts';

const FOLDER = join(ROOT, 'desktop', 'ui', 'dist');
/** What the page's code may weigh before its lazy parts, bytes of gzip. */
const MOST_CODE_BYTES = 180_000;

const build = () => execFileSync(process.execPath, [join(ROOT, 'desktop', 'build', 'page.ts')], { encoding: 'utf8', stdio: 'pipe' });
const files = () => readdirSync(FOLDER, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

test('is built once for the same sources, and from their contents, not from their dates', () => {
  build();
  const before = statSync(join(FOLDER, 'index.html')).mtimeMs;
  utimesSync(join(ROOT, 'desktop', 'ui', 'main.tsx'), new Date(), new Date());
  expect(build()).toBe('The window is built already.\n');
  expect(statSync(join(FOLDER, 'index.html')).mtimeMs).toBe(before);
});

test('holds no inline script or style, no source map, and nothing from elsewhere', () => {
  build();
  const page = read('index.html');
  expect([...page.matchAll(/<script\b[^>]*>/g)].filter(([tag]) => !/ src="\.\/assets\/[\w-]+\.js"/.test(tag))).toEqual([]);
  expect(page).toMatch(/<script type="module"[^>]*><\/script>/);
  expect(page).not.toMatch(/<style|style=|\bon\w+=|javascript:|https?:/);
  expect(files().filter(({ name }) => name.endsWith('.map'))).toEqual([]);
  for (const { name } of files().filter(({ parentPath }) => parentPath.endsWith('assets'))) {
    expect(name).toMatch(/-[\w-]{8}\.\w+$/);
    if (/\.(?:js|css)$/.test(name)) expect(read(join('assets', name))).not.toMatch(/sourceMappingURL|@import|url\(['"]?(?:https?:)?\/\//);
  }
});

test('holds what people run, not what the makers of its parts look at, whoever builds it', () => {
  expect(process.env.NODE_ENV).toBe('test');
  build();
  for (const { name } of files().filter(({ name }) => name.endsWith('.js')))
    expect(read(join('assets', name))).not.toContain('React DevTools');
});

test(`the code that Alice waits for weighs at most ${MOST_CODE_BYTES / 1_000} kB`, () => {
  build();
  const first = [...read('index.html').matchAll(/(?:src|href)="\.\/(assets\/[\w-]+\.js)"/g)].map(([, name]) => name ?? '');
  expect(first.length).toBeGreaterThan(0);
  expect(first.reduce((sum, name) => sum + gzipSync(readFileSync(join(FOLDER, name))).length, 0)).toBeLessThanOrEqual(MOST_CODE_BYTES);
});
