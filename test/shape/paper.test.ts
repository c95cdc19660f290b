// PROTOCOL.md is the law of the wire: every name and number of it stands in the code, and every one of the code stands in it.
import { isCallExpression, isIdentifier, isPropertyAccessExpression, isStringLiteral, type Node } from 'typescript/unstable/ast';
import { afterAll, describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../core/base/errors.ts';
import { REFUSAL } from '../../core/wire/codes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import * as limits from '../../core/wire/limits.ts';
import { BLOB_PROTOCOL, DIRECT_PROTOCOL, HISTORY, MINOR_MAX, MINOR_MIN, RELAY_PROTOCOL } from '../../core/wire/version.ts';
import { messages } from '../vectors/wire-kinds.ts';
import { houseFiles, nodes, openTrees, read } from './source.ts';

const paper = read('core/wire/PROTOCOL.md');

/** Rows of the table below a heading row, cells trimmed. */
function table(heading: string): readonly (readonly string[])[] {
  const lines = paper.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  if (start < 0) throw new Error(`the paper has no table that begins with ${heading}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** A column of a table against names of the code. */
const column = (heading: string, at: number) => table(heading).map((cells) => cells[at] ?? '');

/** Functions whose string argument is a label (core/base, core/session/aead.ts, core/session/padded.ts). */
const LABELLING = new Set(['label', 'labelledHash', 'derive', 'sign', 'verify', 'oneTimeKey', 'sealPadded', 'openPadded']);
const trees = openTrees();
afterAll(() => trees.close());

function labelsOf(node: Node): readonly string[] {
  if (!isCallExpression(node)) return [];
  const { expression } = node;
  const name = isIdentifier(expression) ? expression.text : isPropertyAccessExpression(expression) ? expression.name.text : '';
  return LABELLING.has(name) ? node.arguments.filter(isStringLiteral).map(({ text }) => text) : [];
}

describe('the paper and the code name the same', () => {
  test('frames, with the same numbers', () => {
    const rows = table('type').map(([number, name]) => [name, Number(number)]);
    expect(Object.fromEntries(rows)).toEqual(FRAME);
  });

  test('limits, with the same values', () => {
    const rows = table('limit').map(([name, value]) => [name, Number((value ?? '').replaceAll(',', ''))]);
    expect(Object.fromEntries(rows)).toEqual({ ...limits });
  });

  test('refusals, with the same numbers', () => {
    const rows = table('code').map(([number, name]) => [name, Number(number)]);
    expect(Object.fromEntries(rows)).toEqual(REFUSAL);
  });

  test('protocol ids and minor versions', () => {
    expect(column('protocol id', 0)).toEqual([RELAY_PROTOCOL, DIRECT_PROTOCOL, BLOB_PROTOCOL].map((id) => `\`${id}\``));
    expect(table('minor')).toEqual(HISTORY.map(({ minor, date, added }) => [String(minor), date, added]));
    expect(HISTORY.map(({ minor }) => minor)).toContain(MINOR_MAX);
    expect(MINOR_MIN).toBeLessThanOrEqual(MINOR_MAX);
  });

  test('labels in front of what is hashed, derived or signed', () => {
    const used = houseFiles().flatMap((path) => [...nodes(trees.of(path))].flatMap(labelsOf));
    expect([...new Set(used)].sort()).toEqual(column('label', 0).toSorted());
  });

  test('commands: every request has its row, and no row is of something else', () => {
    const requests = Object.entries(FRAME).filter(([name, type]) => type < 0x80 && name !== 'HELLO');
    const rows = paper.split('\n').flatMap((line) => /^\| `([A-Z_]+)` \|/.exec(line)?.[1] ?? []);
    expect([...new Set(rows)].sort()).toEqual(requests.map(([name]) => name).sort());
  });
});

describe('the paper names nothing that is not there', () => {
  test('in capitals', () => {
    const known = new Set([
      ...Object.keys(FRAME),
      ...Object.keys(REFUSAL),
      ...Object.keys(limits),
      ...Object.keys(ERROR_CODES),
      'MULTIADDR',
    ]);
    const named = [...paper.matchAll(/`([A-Z][A-Z0-9_]{2,})\b[^`]*`/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(100);
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  test('as a message', () => {
    const known = new Set([...messages.keys()].map((name) => name.split('.').at(-1)));
    const carried = column('type', 2).filter((cell) => !cell.startsWith('`'));
    expect(carried.filter((name) => !known.has(name))).toEqual([]);
    const named = [...paper.matchAll(/`([A-Z][a-z]+(?:[A-Z][A-Za-z]+)*)`/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('as a label', () => {
    const named = [...paper.matchAll(/sotto\/([a-z-]+)\/1\\0/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !column('label', 0).includes(name))).toEqual([]);
  });

  test('as a section', () => {
    const headings = [...paper.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
    const links = [...paper.matchAll(/^\d+\. \[(.+)\]\(#(.+)\)$/gm)].map(([, name, anchor]) => [name, anchor]);
    const anchor = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-');
    expect(links).toEqual(headings.map((heading) => [heading.replace(/^\d+\. /, ''), anchor(heading)]));
  });
});

test('every limit says why it is what it is', () => {
  expect(table('limit').filter(([, , why]) => (why ?? '').length < 15)).toEqual([]);
});
