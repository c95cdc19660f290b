// Which packages of others an app consists of: found by what each asks for, beginning with those named. Reads manifests, runs nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout. */
export const ROOT: string = join(import.meta.dirname, '..', '..');

/** Packages with a native part: they stay outside the bundles, beside them. */
export const NATIVE = ['@signalapp/libsignal-client', 'classic-level'] as const;

/** Of what the native ones ask for, what is there for compilers only. */
const NOT_RUN: readonly string[] = ['type-fest', 'napi-macros'];

/** A package as it lies in the checkout. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Its folder, from the root of the checkout. */
  readonly folder: string;
}

interface Manifest {
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** These packages and everything they ask for, each once. */
export function withAllTheyNeed(names: readonly string[]): readonly Package[] {
  const found = new Map<string, Package>();
  const take = (name: string, from: string) => {
    const folder = find(name, from);
    if (found.has(folder)) return;
    const {
      version,
      license = 'unknown',
      dependencies = {},
    } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
    found.set(folder, { name, version, license, folder });
    for (const needed of Object.keys(dependencies)) take(needed, folder);
  };
  for (const name of names) take(name, '');
  return [...found.values()].sort((a, b) => a.folder.localeCompare(b.folder));
}

/** The native packages with everything that runs with them. */
export function nativePackages(): readonly Package[] {
  return withAllTheyNeed(NATIVE).filter(({ name }) => !NOT_RUN.includes(name));
}

/** Where `name` lies when a package in `from` asks for it. */
function find(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder === '.' ? '' : folder, 'node_modules', name);
    if (existsSync(join(ROOT, candidate, 'package.json'))) return candidate;
    if (folder === '' || folder === '.') throw new Error(`${name} is not installed; run npm ci first.`);
  }
}

/** The names and licences of packages, with the text each comes with: what those who get the app are owed. */
export function noticesOf(packages: readonly Package[]): string {
  return packages
    .map(({ name, version, license, folder }) => {
      const files = readdirSync(join(ROOT, folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
      const texts = files.map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}
