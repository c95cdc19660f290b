// What the shape tests look at: the source files of the house, their imports (types included) and their syntax trees.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { API, type Project } from 'typescript/unstable/sync';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** Paths (from the root) of the TypeScript files below these folders, generated ones left out. */
export function typescriptFiles(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('_pb.ts'))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes('node_modules'))
      .sort(),
  );
}

/** Everything that runs for people; folders that do not exist yet are left out. */
export function houseFiles(): readonly string[] {
  const there = new Set(readdirSync(ROOT));
  return typescriptFiles(...['core', 'relay', 'desktop', 'demo'].filter((folder) => there.has(folder)));
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

/** Syntax trees of the whole project; `close` ends the compiler behind them. */
export interface Trees {
  of(path: string): SourceFile;
  close(): void;
}

/** Opens the project with the compiler that also checks the types. */
export function openTrees(): Trees {
  const api = new API({ cwd: ROOT });
  const project: Project | undefined = api.updateSnapshot({ openProject: join(ROOT, 'tsconfig.json') }).getProjects()[0];
  return {
    of(path) {
      const tree = project?.program.getSourceFile(join(ROOT, path));
      if (tree === undefined) throw new Error(`the compiler does not know ${path}; is it below a folder of tsconfig.json?`);
      return tree;
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
