// Packages: exactly these versions, from whatever registry the reader's npm uses.
import { expect, test } from 'vitest';
import { read } from './source.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, Locked>> };
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

test('every dependency is one exact version', () => {
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
  );
  expect(ranges).toEqual([]);
});

test('the lock names no address of a registry, and a hash for every package that runs where it is developed', () => {
  expect(packages.filter(([, locked]) => locked.resolved !== undefined).map(([path]) => path)).toEqual([]);
  const bare = packages.filter(([, locked]) => locked.integrity === undefined);
  const isHere = ({ os, libc }: Locked) => (os ?? ['linux']).includes('linux') && (libc ?? ['glibc']).includes('glibc');
  const here = bare.filter(([, locked]) => locked.optional !== true || (isHere(locked) && locked.cpu?.includes('arm') !== true));
  expect(here.map(([path]) => path)).toEqual([]);
});

test('every package that another asks for has its place in the lock, those for other machines too', () => {
  const there = new Set(packages.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
  const missing = packages.flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !there.has(name))
      .map((name) => `${path} asks for ${name}`),
  );
  expect(missing).toEqual([]);
});

test('every package that wants to run a script at installation was decided on', () => {
  const asking = packages.filter(([, locked]) => locked.hasInstallScript === true).map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(asking)].sort());
});

test('the licence in package.json is the one in the file', () => {
  expect(read('package.json')).toContain('"license": "AGPL-3.0-only"');
  expect(read('LICENSE')).toContain('GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3, 19 November 2007');
});
