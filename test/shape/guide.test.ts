// Nothing in the operator's guide, the image or the systemd unit is made up: commands, flags, settings, limits, metrics, events, files are there.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REFUSAL } from '../../core/wire/codes.ts';
import { LIMITS } from '../../relay/admission/limits.ts';
import { runConfig } from '../../relay/config.ts';
import { fileLayer } from '../../relay/operator/layers.ts';
import { EVENTS } from '../../relay/operator/log.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import { SETTINGS, SHORT_FLAGS } from '../../relay/operator/settings.ts';
import { OPERATOR_COMMANDS } from '../../relay/operator/table.ts';
import { callsOf, codeWords, ROOT } from '../support/readme.ts';
import { read } from './source.ts';

const PAGE = 'relay/README.md';
const guide = read(PAGE);
const dockerfile = read('packaging/Dockerfile');
const unit = read('packaging/sotto-relay.service');

/** What is wrong with calls of the program: commands and flags that are not there. */
function wrongCalls(calls: readonly (readonly string[])[]): readonly string[] {
  return calls.flatMap(([name = '', ...words]) => {
    const command = OPERATOR_COMMANDS[name];
    if (command === undefined) return [`there is no ${name}`];
    const inUsage = [...command.usage.matchAll(/--([\w-]+)/g)].map(([, flag]) => flag ?? '');
    const known = new Set<string>(['help', ...Object.keys(SHORT_FLAGS), ...command.settings, ...inUsage]);
    const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
    return flags.filter((flag) => !known.has(flag)).map((flag) => `${name} takes no --${flag}`);
  });
}

/** `sudo -u sotto-relay sotto-relay …`: the first is the user. */
const withoutUser = (words: readonly string[]) => (words[0] === 'sotto-relay' ? words.slice(1) : words);

/** Blocks of one language. */
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text ?? '');

describe('the guide names only what is there', () => {
  test('commands and flags, and every command that there is', () => {
    const calls = callsOf('sotto-relay', guide)
      .map(withoutUser)
      .filter((words) => words.length > 0);
    expect(wrongCalls(calls)).toEqual([]);
    const told = new Set([...calls.map(([name]) => name), 'run']);
    expect(Object.keys(OPERATOR_COMMANDS).filter((name) => !told.has(name))).toEqual([]);
  });

  test('words of a token call', () => {
    const calls = callsOf('sotto-relay', guide)
      .map(withoutUser)
      .filter(([name]) => name === 'token');
    expect([...new Set(calls.map(([, word]) => word))].sort()).toEqual(['create', 'list', 'revoke']);
  });

  test('settings, in lines that the relay takes', () => {
    const files = blocks('conf');
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect(runConfig(['--data', 'DIR'], {}, file).announce).toHaveLength(1);
    const lines = codeWords(guide).filter((code) => /^[a-z-]+ = \S+$/.test(code));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines.filter((one) => !one.includes('NAME'))) expect(fileLayer(line).size).toBe(1);
  });

  test('addresses to listen on and to announce', () => {
    const rows = [...guide.matchAll(/^\| .* \| `(\/\S+)` \| `(\/\S+)` \|$/gm)];
    expect(rows).toHaveLength(4);
    for (const [, listen = '', announce = ''] of rows) {
      const tls = listen.includes('/tls/') ? 'tls-certificate = c.pem\ntls-key = k.pem' : '';
      const config = runConfig(['--data', 'DIR'], {}, `listen = ${listen}\nannounce = ${announce}\n${tls}`);
      expect([config.listen, config.announce, config.open]).toEqual([[listen], [announce], false]);
    }
  });

  test('settings, limits and events as single words in code', () => {
    const known = new Set<string>([...Object.keys(SETTINGS), ...Object.keys(LIMITS), ...Object.keys(EVENTS)]);
    const words = codeWords(guide.replace(/^```[\s\S]*?^```$/gm, '')).filter((code) => /^[a-z]+(-[a-z]+)+$/.test(code));
    expect(words.length).toBeGreaterThan(20);
    expect(words.filter((word) => !known.has(word) && word !== 'allow-list' && word !== 'sotto-relay')).toEqual([]);
  });

  test('metrics, and codes of refusals', () => {
    const text = new Metrics().text();
    const named = [...guide.matchAll(/sotto_relay_\w+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !text.includes(`\n${name}{`) && !text.includes(`\n${name} `))).toEqual([]);
    const codes = [
      ...(/code=~"([A-Z|]+)"/.exec(guide)?.[1]?.split('|') ?? []),
      ...[...guide.matchAll(/refusals ((?:`[A-Z]+`(?:, (?:then )?)?)+)/g)].flatMap(([, list]) => list?.match(/[A-Z]+/g) ?? []),
    ];
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !Object.hasOwn(REFUSAL, code))).toEqual([]);
  });

  test('files, pages and their headings', () => {
    const links = [...guide.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
    const anchors = (page: string) =>
      [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\p{L}\p{N} -]/gu, '')
          .replaceAll(' ', '-'),
      );
    const missing = links.filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? PAGE : join(dirname(PAGE), path);
      return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchors(read(file)).includes(anchor));
    });
    expect(links.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    expect([...new Set(guide.match(/sotto-[\d.]+\.tgz/g))]).toEqual([`sotto-${version}.tgz`]);
  });

  test('figures that stand in the results of the bench', () => {
    const results = read('test/bench/RESULTS.md');
    const rows = [...guide.slice(guide.indexOf('## Capacity'), guide.indexOf('To plan with')).matchAll(/^\| .* \| ([\d,.]+ .*) \|$/gm)];
    expect(rows).toHaveLength(4);
    const figures = rows.flatMap(([, cell]) => cell?.match(/\d[\d,.]*\d/g) ?? []);
    expect(figures.filter((figure) => !results.includes(figure))).toEqual([]);
  });
});

describe('the image', () => {
  const lines = dockerfile.replaceAll('\\\n', ' ').split('\n');

  test('copies what is there, from stages that are there, and starts what it copied', () => {
    const copies = lines.filter((line) => line.startsWith('COPY ')).map((line) => line.split(' ').slice(1));
    expect(copies.length).toBeGreaterThan(5);
    const stages = lines.flatMap((line) => /^FROM \S+ AS (\w+)$/.exec(line)?.[1] ?? []);
    expect(copies.flatMap(([first = '']) => /^--from=(\w+)$/.exec(first)?.[1] ?? []).filter((stage) => !stages.includes(stage))).toEqual(
      [],
    );
    const sources = copies.filter(([first = '']) => !first.startsWith('--')).flatMap((words) => words.slice(0, -1));
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(dockerfile).toMatch(/^RUN node packaging\/emit\.ts --without-window$/m);
    expect(read('packaging/emit.ts')).toContain("'--without-window'");
  });

  test('runs as nobody special, on one volume, and asks with commands that exist', () => {
    const [user = '', volume = ''] = ['USER', 'VOLUME'].map((word) => new RegExp(`^${word} (\\S+)$`, 'm').exec(dockerfile)?.[1]);
    expect([user, volume]).toEqual(['node', '/data']);
    expect(dockerfile.slice(dockerfile.indexOf('USER node'))).not.toMatch(/^(RUN|COPY|USER root)/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["sotto-relay"\]$/m);
    const said = [...dockerfile.matchAll(/(?:^|\s)CMD (\[.*\])$/gm)].map(([, words]) => JSON.parse(words ?? '[]') as string[]);
    expect(wrongCalls(said.map(withoutUser))).toEqual([]);
    expect(said.map(withoutUser)).toEqual([['status'], ['run']]);
    expect(runConfig([], { SOTTO_RELAY_DATA: '/data' }).data).toBe('/data');
  });
});

describe('the systemd unit', () => {
  const settings = new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

  test('starts, reloads and stops the relay by what it has', () => {
    const [, ...words] = (settings.get('ExecStart') ?? '').split(' ');
    expect(words[0]).toBe('sotto-relay');
    expect(wrongCalls([words.slice(1)])).toEqual([]);
    expect(words.at(-1)).toBe(`/var/lib/${settings.get('StateDirectory')}`);
    expect(settings.get('ExecReload')).toBe('/bin/kill -HUP $MAINPID');
    const deadline = Number(/GO_DEADLINE_MS = ([\d_]+)/.exec(read('relay/run.ts'))?.[1]?.replaceAll('_', ''));
    expect(Number(settings.get('TimeoutStopSec')) * 1_000).toBeGreaterThan(deadline);
    expect(Number(settings.get('LimitNOFILE'))).toBeGreaterThan(Number(SETTINGS['max-connections'].default));
  });

  test('takes from the relay what it has no use for, and leaves what Node needs', () => {
    const yes = [...settings].filter(([, value]) => value === 'yes').map(([name]) => name);
    expect(yes).toEqual(expect.arrayContaining(['NoNewPrivileges', 'ProtectHome', 'PrivateTmp', 'PrivateDevices', 'RestrictNamespaces']));
    expect(settings.get('ProtectSystem')).toBe('strict');
    expect(settings.get('MemoryDenyWriteExecute')).toBe('no');
    expect(settings.get('RestrictAddressFamilies')?.split(' ')).toEqual(['AF_INET', 'AF_INET6', 'AF_UNIX', 'AF_NETLINK']);
    expect(settings.has('WatchdogSec')).toBe(false);
  });
});
