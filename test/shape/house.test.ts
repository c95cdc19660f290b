// The rules of the house that a reader would otherwise have to remember.
import {
  isArrowFunction,
  isClassDeclaration,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isSetAccessorDeclaration,
  isTypeAliasDeclaration,
  isVariableStatement,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { afterAll, describe, expect, test } from 'vitest';
import { houseFiles, nodes, openTrees, read, typescriptFiles } from './source.ts';

/** A file that grows beyond this hides a second thing. */
const MOST_FILE_LINES = 300;
/** A function that grows beyond this hides several. */
const MOST_FUNCTION_LINES = 60;

const trees = openTrees();
afterAll(() => trees.close());

const house = houseFiles();
const everything = [...house, ...typescriptFiles('test')];

const isFunction = (node: Node): boolean =>
  [
    isArrowFunction,
    isFunctionDeclaration,
    isFunctionExpression,
    isMethodDeclaration,
    isConstructorDeclaration,
    isGetAccessorDeclaration,
    isSetAccessorDeclaration,
  ].some((is) => is(node));

/** Line of a node's first character that is no space or comment, from 1. */
function lineOf(tree: SourceFile, node: Node): number {
  return tree.text.slice(0, node.getStart(tree)).split('\n').length;
}

function longFunctions(path: string): readonly string[] {
  const tree = trees.of(path);
  return [...nodes(tree)]
    .filter(isFunction)
    .map((node) => ({ at: lineOf(tree, node), lines: tree.text.slice(node.getStart(tree), node.end).split('\n').length }))
    .filter(({ lines }) => lines > MOST_FUNCTION_LINES)
    .map(({ at, lines }) => `${path}:${at} has ${lines} lines`);
}

const isDeclaration = (node: Node): boolean =>
  [isFunctionDeclaration, isClassDeclaration, isInterfaceDeclaration, isTypeAliasDeclaration, isVariableStatement].some((is) => is(node));

/** True when a doc comment stands before the node, or before the row of its like that it is part of. */
function isDocumented(tree: SourceFile, at: number): boolean {
  const node = tree.statements[at];
  if (node === undefined) return false;
  if (/^\s*\/\*\*/.test(tree.text.slice(node.pos, node.getStart(tree)).replace(/^\s*\/\/.*$/gm, ''))) return true;
  const above = tree.statements[at - 1];
  const isDirectlyBelow = /^\n?\S/.test(tree.text.slice(node.pos, node.pos + 2));
  const isRow = (isVariableStatement(node) || isTypeAliasDeclaration(node)) && above?.kind === node.kind;
  return isRow && isDirectlyBelow && isDocumented(tree, at - 1);
}

function undocumented(path: string): readonly string[] {
  const tree = trees.of(path);
  return [...tree.statements.entries()]
    .filter(([, node]) => isDeclaration(node) && /^export\b/.test(tree.text.slice(node.getStart(tree), node.end)))
    .filter(([at]) => !isDocumented(tree, at))
    .map(([, node]) => `${path}:${lineOf(tree, node)} exports without a doc comment`);
}

describe('every source file', () => {
  test('opens with what it does and what it must never do', () => {
    expect(everything.filter((path) => !/^(?:#!.*\n)?\/\/ \S/.test(read(path)))).toEqual([]);
  });

  test(`has at most ${MOST_FILE_LINES} lines`, () => {
    expect(house.filter((path) => read(path).split('\n').length - 1 > MOST_FILE_LINES)).toEqual([]);
  });

  test('is named after a thing, not after being handy', () => {
    expect(everything.filter((path) => /(?:^|[/-])(?:utils?|helpers?|common|misc|stuff)(?=[/.-])/i.test(path))).toEqual([]);
  });

  test('has no default export', () => {
    expect(everything.filter((path) => /^export default\b/m.test(read(path)))).toEqual([]);
  });

  test('never says any', () => {
    const wrong = everything.filter((path) => [...nodes(trees.of(path))].some((node) => node.kind === SyntaxKind.AnyKeyword));
    expect(wrong).toEqual([]);
  });

  test('switches no rule off without saying why', () => {
    const switches = new RegExp(['@ts-ignore', '@ts-nocheck', '@ts-expect-error', 'biome-ignore(?! \\S+: \\S)'].join('|'));
    expect(everything.filter((path) => !path.endsWith('house.test.ts') && switches.test(read(path)))).toEqual([]);
  });
});

test(`no function has more than ${MOST_FUNCTION_LINES} lines`, () => {
  expect(house.flatMap(longFunctions)).toEqual([]);
});

test('everything exported says what it is', () => {
  expect(house.flatMap(undocumented)).toEqual([]);
});
