// What the shape tests look at: the source files of the house, their imports (types included) and their syntax trees.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** What is written by a tool: packages, generated code, builds. */
const MADE = /(?:^|\/)(?:node_modules|dist|\.dist-[^/]*)\/|_pb\.ts$/;

/** Paths (from the root) of the TypeScript files below these folders, what a tool made left out. */
export function typescriptFiles(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((path) => !MADE.test(path))
      .sort(),
  );
}

/** Everything that runs for people; folders that do not exist yet are left out. */
export function houseFiles(): readonly string[] {
  const there = new Set(readdirSync(ROOT));
  return typescriptFiles(...['core', 'relay', 'desktop', 'demo', 'packaging'].filter((folder) => there.has(folder)));
}

/** The text of a file of the checkout. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Files of the house that a file names in any kind of import, generated ones too, as paths from the root. */
export function imports(path: string): readonly string[] {
  const found = read(path).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"](\.[^'"]+)['"]/g);
  return [...found].map(([, target]) => relative(ROOT, join(ROOT, dirname(path), target ?? '')));
}

/** Packages and modules of Node that a file names in any kind of import. */
export function packages(path: string): readonly string[] {
  const found = read(path).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^.'"][^'"]*)['"]/g);
  return [...found].map(([, name]) => name ?? '');
}

/** Syntax trees of the whole house; `close` ends the compiler behind them. */
export interface Trees {
  of(path: string): SourceFile;
  close(): void;
}

/** What is checked with the types of Node, and what with those of a page. */
const PROJECTS = ['tsconfig.json', join('desktop', 'ui', 'tsconfig.json')];

/** Opens the projects with the compiler that also checks the types. */
export function openTrees(): Trees {
  const api = new API({ cwd: ROOT });
  const projects = api.updateSnapshot({ openProjects: PROJECTS.map((project) => join(ROOT, project)) }).getProjects();
  return {
    of(path) {
      for (const { program } of projects) {
        const tree = program.getSourceFile(join(ROOT, path));
        if (tree !== undefined) return tree;
      }
      throw new Error(`the compiler does not know ${path}; is it below a folder of a tsconfig.json?`);
    },
    close: () => api.close(),
  };
}

/** Every node of a tree, parents first. */
export function* nodes(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) yield* nodes(child);
}
