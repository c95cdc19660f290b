// Nothing in the README is made up: every command, flag, script, path and heading it names is there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCommand } from '../../core/cli/arguments.ts';
import { COMMANDS } from '../../core/cli/table.ts';
import { SETTINGS, SHORT_FLAGS } from '../../relay/operator/settings.ts';
import { OPERATOR_COMMANDS } from '../../relay/operator/table.ts';
import { callsOf, codeWords, ROOT, readme, shellBlocks } from '../support/readme.ts';
import { read } from './source.ts';

const scripts = (JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;

const flagsIn = (words: readonly string[]) => words.filter((word) => word.startsWith('--')).map((word) => word.slice(2));

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the README names only what is there', () => {
  test('commands and flags of sotto', () => {
    const calls = callsOf('sotto').filter((words) => words.length > 0 && words[0] !== '--help');
    expect(calls.length).toBeGreaterThan(10);
    const wrong = calls.flatMap((words) => {
      const found = findCommand(COMMANDS, words);
      if (found === null) return [words.join(' ')];
      const known = found.command.flags.map(({ name }) => name);
      return flagsIn(words)
        .filter((flag) => !known.includes(flag))
        .map((flag) => `${found.command.name} --${flag}`);
    });
    expect(wrong).toEqual([]);
  });

  test('commands and flags of sotto-relay', () => {
    const calls = callsOf('sotto-relay').filter((words) => words.length > 0);
    expect(calls.length).toBeGreaterThan(3);
    const wrong = calls.flatMap((words) => {
      const known = OPERATOR_COMMANDS[words[0] ?? '']?.settings;
      return known === undefined
        ? [words.join(' ')]
        : flagsIn(words).filter((flag) => !['help', ...Object.keys(SHORT_FLAGS), ...known].includes(flag));
    });
    expect(wrong).toEqual([]);
  });

  test('flags that stand alone', () => {
    const alone = codeWords().flatMap((code) => (/^--[\w-]+$/.test(code) ? [code.slice(2)] : []));
    const known = new Set([
      ...COMMANDS.flatMap(({ flags }) => flags.map(({ name }) => name)),
      ...Object.keys(SETTINGS),
      ...Object.keys(SHORT_FLAGS),
    ]);
    expect(alone.filter((flag) => !known.has(flag))).toEqual([]);
  });

  test('scripts of npm', () => {
    const named = [...readme.matchAll(/npm (?:run )?([a-z][\w:-]*)/g)].map(([, name]) => name ?? '');
    const known = new Set([...Object.keys(scripts), 'ci']);
    expect(named).toEqual(expect.arrayContaining(['ci', 'demo', 'test', 'check', 'bench']));
    expect(readme.match(/`npm [^`]*`/g)?.length).toBeGreaterThan(3);
    expect(
      codeWords()
        .flatMap((code) => [...code.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(([, name]) => name ?? ''))
        .filter((name) => !known.has(name)),
    ).toEqual([]);
  });

  test('files and folders, and headings inside them', () => {
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
    const inCode = codeWords().filter((code) => /^(?:core|relay|desktop|demo|test)\/[\w/.-]*$/.test(code));
    const house = [...readme.matchAll(/^((?:core|relay|desktop|demo|test)\/[\w/.-]*) {2}/gm)].map(([, path]) => path ?? '');
    expect(house.length).toBeGreaterThan(9);
    const missing = [...links, ...inCode, ...house].filter((target) => {
      const [path = '', anchor] = target.split('#');
      return !existsSync(join(ROOT, path)) || (anchor !== undefined && !anchors(read(path)).includes(anchor));
    });
    expect(missing).toEqual([]);
  });

  test('every kind of test that there is', () => {
    const kinds = /^test\/ +(.+)$/m.exec(readme)?.[1]?.split(/[ |]+/) ?? [];
    expect(kinds).toContain('journey');
    expect(kinds.filter((kind) => !existsSync(join(ROOT, 'test', kind)))).toEqual([]);
  });
});

test('what the README says of a relay is not more than the law of the wire says', () => {
  const promised = (page: string, from: string, to: string) => page.slice(page.indexOf(from), page.indexOf(to)).replace(/\s+/g, ' ');
  const law = promised(read('core/wire/PROTOCOL.md'), '**The operator of a relay**', '**A relay restored from a backup**');
  const cannot = promised(readme, 'They **cannot**', '*Stored* is');
  const lawCannot = law.slice(law.indexOf('They cannot'));
  const claims = cannot
    .split(' - ')
    .slice(1)
    .map((claim) => claim.trim().replace(/[;.]$/, ''));
  expect(claims).toHaveLength(4);
  const words = (text: string) => new Set(text.toLowerCase().match(/\p{L}+/gu));
  const known = new Set([...words(lawCannot), 'a', 'messages', 'message', 'device', 'lists']);
  expect(claims.flatMap((claim) => [...words(claim)].filter((word) => !known.has(word)))).toEqual([]);
});

test('the README begins with the two commands', () => {
  expect(
    shellBlocks()
      .slice(0, 2)
      .map(({ lines }) => lines),
  ).toEqual([['npm ci && npm run demo'], ['npm ci && npm test']]);
});
