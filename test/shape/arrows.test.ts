// Imports point one way, types included: base <- wire, store <- net, session, search, media <- peer <- cli, desktop.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { houseFiles, imports, packages, ROOT, typescriptFiles } from './source.ts';

const BASE = ['core/base'];
const MIDDLE = ['core/base', 'core/wire', 'core/store'];
const PEER = [...MIDDLE, 'core/net', 'core/session', 'core/search', 'core/media', 'core/api.ts'];

/** What each part may import besides itself. Whatever is missing here has no place in the house yet. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'core/api.ts': [...BASE, 'core/blob-api.ts', 'core/live-api.ts', 'core/wake-api.ts'],
  'core/blob-api.ts': [],
  'core/live-api.ts': [],
  'core/wake-api.ts': [],
  'core/base': [],
  'core/wire': BASE,
  'core/store': BASE,
  'core/net': MIDDLE,
  'core/session': MIDDLE,
  'core/search': MIDDLE,
  'core/media': MIDDLE,
  'core/peer': PEER,
  'core/index.ts': ['core/api.ts', 'core/peer', 'core/base'],
  'core/window-api.ts': ['core/api.ts', ...BASE],
  'core/carrier': ['core/api.ts', 'core/window-api.ts', ...BASE],
  'core/host': [...PEER, 'core/peer', 'core/index.ts', 'core/window-api.ts', 'core/carrier'],
  'core/cli': [...PEER, 'core/peer', 'core/index.ts', 'core/window-api.ts', 'core/carrier', 'core/host'],
  relay: ['core/base', 'core/wire', 'core/net', 'core/store'],
  'desktop/ui': ['core/api.ts', 'core/window-api.ts', ...BASE, 'core/carrier'],
  'desktop/engine-protocol.ts': [],
  'desktop/engine': [
    'desktop/engine-protocol.ts',
    'core/api.ts',
    'core/index.ts',
    'core/window-api.ts',
    ...BASE,
    'core/carrier',
    'core/host',
  ],
  'desktop/main': ['desktop/engine-protocol.ts', 'core/api.ts', 'core/window-api.ts', ...BASE, 'core/carrier'],
  'desktop/start.ts': [...BASE, 'desktop/build'],
  'desktop/build': [...BASE, 'desktop/electron-builder.config.ts', 'desktop/start.ts'],
  'desktop/electron-builder.config.ts': ['desktop/build'],
  packaging: ['desktop/build'],
  demo: ['core/api.ts', 'core/index.ts', 'core/base', 'core/wire', 'core/store'],
};

/** The part a file belongs to: `core/wire`, `core/api.ts`, `desktop/ui`, `relay`. */
function partOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'core' || parts[0] === 'desktop' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

test('every import points the way the arrows point', () => {
  const wrong = houseFiles().flatMap((path) => {
    const part = partOf(path);
    const allowed = ALLOWED[part];
    if (allowed === undefined) return [`${path} lies in a part the arrows do not know`];
    return imports(path)
      .filter((target) => partOf(target) !== part && !allowed.includes(partOf(target)))
      .map((target) => `${path} must not import ${target}`);
  });
  expect(wrong).toEqual([]);
});

/** A file and everything it imports, and so on. */
function reach(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (!seen.has(path)) for (const target of imports(path)) reach(target, seen.add(path));
  return seen.add(path);
}

test('what carries the contract runs in a page: it reaches nothing of Node', () => {
  const carriers = typescriptFiles('core/carrier');
  expect(carriers).toContain('core/carrier/connect.ts');
  const wrong = carriers.flatMap((start) =>
    [...reach(start)].flatMap((path) =>
      packages(path)
        .filter((name) => name !== 'valibot')
        .map((name) => `${start} reaches ${name} by ${path}`),
    ),
  );
  expect(wrong).toEqual([]);
  expect([...reach('core/base/bytes.ts')].flatMap(packages)).toContain('node:crypto');
});

/** Packages that the page is made of; another would come into everybody's window, and has to stand up to its policy. */
const PAGE_PACKAGES = ['@base-ui/react', 'i18next', 'linkifyjs', 'react', 'react-dom', 'react-i18next', 'uqr', 'valibot', 'virtua'];

test('the page runs in a browser: it reaches nothing of Node, and only the packages that it is made of', () => {
  const isPage = (path: string) => !/^desktop\/ui\/(?:try\/|vite\.config\.ts$)/.test(path);
  const pages = typescriptFiles('desktop/ui').filter(isPage);
  expect(pages).toContain('desktop/ui/main.tsx');
  const known = (name: string) => PAGE_PACKAGES.some((known) => name === known || name.startsWith(`${known}/`));
  const reached = new Set(pages.flatMap((start) => [...reach(start)].filter((path) => /\.tsx?$/.test(path))));
  const wrong = [...reached].flatMap((path) =>
    packages(path)
      .filter((name) => !known(name))
      .map((name) => `${path} names ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('every relative import names a file that is there, with its ending', () => {
  const wrong = [...houseFiles(), ...typescriptFiles('test')].flatMap((path) =>
    imports(path)
      .filter((target) => !existsSync(join(ROOT, target)) || !/\.(?:tsx?|js|json|css)$/.test(target))
      .map((target) => `${path}: ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('the rule sees imports of types, exports from elsewhere and imports at run time', () => {
  const seen = imports('test/shape/fixtures/imports.ts.txt');
  expect(seen).toEqual(['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts'].map((name) => `test/shape/fixtures/${name}`));
});
