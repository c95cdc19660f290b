// The operator's settings: one table, three places to say them, and a refusal with its place for whatever is not in the table.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSottoError } from '../../core/base/errors.ts';
import { LIMITS } from '../../relay/admission/limits.ts';
import { runConfig } from '../../relay/config.ts';
import { configText } from '../../relay/operator/init.ts';
import { environmentLayer, fileLayer, flagLayer, settle } from '../../relay/operator/layers.ts';
import { SETTING_LIST, SETTINGS, type SettingName } from '../../relay/operator/settings.ts';

const port = fc.integer({ min: 0, max: 65_535 });
const word = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,20}$/);
const path = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `/${words.join('/')}`);
const address = fc.oneof(
  fc.tuple(fc.ipV4(), port, fc.constantFrom('', '/ws', '/tls/ws')).map(([host, at, end]) => `/ip4/${host}/tcp/${at}${end}`),
  fc.tuple(fc.constantFrom('relay.example', 'a.b.example'), port).map(([host, at]) => `/dns4/${host}/tcp/${at}/tls/ws`),
);
const limit = fc.tuple(fc.constantFrom(...Object.keys(LIMITS)), fc.integer({ min: 1, max: 1e12 })).map(([name, n]) => `${name}=${n}`);

/** Texts of every setting; a new one has no place without. */
const TEXTS: Readonly<Record<SettingName, fc.Arbitrary<string>>> = {
  data: path,
  listen: address,
  announce: address,
  admission: fc.constantFrom('open', 'token', 'allow-list'),
  'behind-proxy': fc.constantFrom('yes', 'no'),
  limit,
  wake: fc.constantFrom('yes', 'no'),
  'wake-private-addresses': fc.constantFrom('yes', 'no'),
  'tls-certificate': path,
  'tls-key': path,
  'max-connections': fc.integer({ min: 1, max: 1_000_000 }).map(String),
  admin: port.map((at) => `127.0.0.1:${at}`),
  'log-level': fc.constantFrom('info', 'warn', 'none'),
  'clock-is-right': fc.constantFrom('yes', 'no'),
  'with-parent': fc.constantFrom('yes', 'no'),
  json: fc.constantFrom('yes', 'no'),
};

const variable = (name: string) => `SOTTO_RELAY_${name.toUpperCase().replaceAll('-', '_')}`;

test.each(SETTING_LIST)('%s means the same in the file, in the environment and as a flag', (name, setting) => {
  const texts = fc.array(TEXTS[name], { minLength: 1, maxLength: setting.many === true ? 4 : 1 });
  fc.assert(
    fc.property(texts, (said) => {
      const expected = setting.many === true ? said.map(setting.read) : setting.read(said[0] ?? '');
      if (setting.sources.includes('file'))
        expect(settle([fileLayer(said.map((text) => `${name} = ${text}`).join('\n'))])[name]).toEqual(expected);
      if (setting.sources.includes('environment'))
        expect(settle([environmentLayer({ [variable(name)]: said.join(' ') })])[name]).toEqual(expected);
      const flags = setting.value === undefined ? (said[0] === 'yes' ? [`--${name}`] : []) : [`--${name}`, ...said];
      expect(settle([flagLayer(flags)])[name]).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test('a flag goes before the environment, that before the file, and that before the default', () => {
  const most = (args: string[], environment: Record<string, string>, file: string) =>
    runConfig(['--data', 'd', ...args], environment, file).maxConnections;
  const [file, environment] = ['max-connections = 3', { SOTTO_RELAY_MAX_CONNECTIONS: '2' }];
  expect(most(['--max-connections', '1'], environment, file)).toBe(1);
  expect(most([], environment, file)).toBe(2);
  expect(most([], {}, file)).toBe(3);
  expect(most([], {}, '')).toBe(10_000);
  expect(runConfig(['--data', 'd', '--closed'], { SOTTO_RELAY_ADMISSION: 'open' }).open).toBe(false);
});

test.each([
  ['lissten = /ip4/127.0.0.1/tcp/0/ws', /relay\.conf, line 2: There is no setting lissten/],
  ['listen /ip4/127.0.0.1/tcp/0/ws', /line 2: A line is `name = value`/],
  ['listen = nowhere', /line 2: .*multiaddr is not valid/],
  ['listen =', /line 2: listen has no value/],
  ['log-level = "info"', /line 2: .*without quotes/],
  ['log-level = info # for now', /line 2: .*comment on a line of its own/],
  ['log-level = info\nlog-level = warn', /line 3: log-level is said twice/],
  ['log-level = loud', /line 2: .*one of info, warn, none/],
  ['max-connections = 0', /line 2: .*whole number from 1/],
  ['max-connections = 1e3', /line 2: .*whole number/],
  ['limit = registration-blogs=1', /line 2: .*no limit registration-blogs/],
  ['behind-proxy = maybe', /line 2: .*one of yes, no/],
  ['clock-is-right = yes', /line 2: clock-is-right can only be said by its flag/],
  ['data = elsewhere', /line 2: data can only be said/],
])('a file that says "%s" is refused with its line', (line, why) => {
  expect(() => runConfig(['--data', 'd'], {}, `# a comment\n${line}\n`)).toThrow(
    expect.toSatisfy((error) => isSottoError(error, 'BAD_INPUT')),
  );
  expect(() => runConfig(['--data', 'd'], {}, `# a comment\n${line}\n`)).toThrow(why);
});

test('what the environment says wrong is refused with the variable, and an empty variable says nothing', () => {
  expect(() => runConfig(['--data', 'd'], { SOTTO_RELAY_LISSTEN: 'x' })).toThrow(
    /SOTTO_RELAY_LISSTEN in the environment: There is no setting/,
  );
  expect(() => runConfig(['--data', 'd'], { SOTTO_RELAY_JSON: 'yes' })).toThrow(/can only be said by its flag/);
  expect(runConfig(['--data', 'd'], { SOTTO_RELAY_ADMISSION: '', PATH: '/bin' }).open).toBe(true);
});

test.each(['0.0.0.0:9460', '192.168.1.5:9460', 'relay.example:9460', '[::]:9460', '127.0.0.1', ':9460', '127.0.0.1:70000'])(
  'the operator’s door is not opened at %s: nobody but this machine may ask',
  (at) => {
    expect(() => runConfig(['--data', 'd', '--admin', at])).toThrow(/loopback/);
  },
);

test('a certificate without its key, and one that nobody would see, are refused', () => {
  const config = (...args: string[]) => runConfig(['--data', '/d', ...args]);
  const secure = ['--listen', '/ip4/127.0.0.1/tcp/0/tls/ws'];
  expect(() => config(...secure)).toThrow(/tls-certificate and tls-key/);
  expect(() => config(...secure, '--tls-certificate', 'c.pem')).toThrow(/belong together/);
  expect(() => config('--tls-certificate', 'c.pem', '--tls-key', 'k.pem')).toThrow(/no address to listen on/);
  expect(config(...secure, '--tls-certificate', 'c.pem', '--tls-key', '/e/k.pem').tls).toEqual({
    certificate: '/d/c.pem',
    key: '/e/k.pem',
  });
});

test('the file that init writes names every setting and limit once, and says nothing else than the defaults', () => {
  const text = configText(new Map());
  expect(runConfig(['--data', 'd'], {}, text)).toEqual(runConfig(['--data', 'd']));
  for (const [name, { sources, default: otherwise }] of SETTING_LIST.filter(([name]) => name !== 'limit')) {
    const lines = text.split('\n').filter((line) => line.startsWith(`#${name} =`));
    expect(lines, name).toEqual(sources.includes('file') ? [`#${name} = ${otherwise ?? ''}`.trimEnd()] : []);
  }
  for (const [name, { default: otherwise }] of Object.entries(LIMITS)) expect(text).toContain(`\n#limit = ${name}=${otherwise}`);
  const all = text.replaceAll(/^#(limit = .*)$/gm, '$1');
  expect(Object.keys(runConfig(['--data', 'd'], {}, all).limits).sort()).toEqual(Object.keys(LIMITS).sort());
});

test('what init was told stands in its file', () => {
  const text = configText(flagLayer(['--listen', '/ip4/0.0.0.0/tcp/1/ws', '/ip4/0.0.0.0/tcp/2', '--closed']));
  expect(runConfig(['--data', 'd'], {}, text)).toMatchObject({ listen: ['/ip4/0.0.0.0/tcp/1/ws', '/ip4/0.0.0.0/tcp/2'], open: false });
});

test('every default is a text that its own reader takes', () => {
  for (const [, setting] of Object.entries(SETTINGS)) if ('default' in setting) expect(() => setting.read(setting.default)).not.toThrow();
});

test('an address without WebSocket is plain TCP; anything else behind the port is not an address', () => {
  const config = (listen: string) => runConfig(['--data', 'd', '--listen', listen]);
  expect(config('/ip4/127.0.0.1/tcp/7461').listen).toEqual(['/ip4/127.0.0.1/tcp/7461']);
  expect(config('/ip4/127.0.0.1/tcp/7461').open).toBe(true);
  for (const wrong of ['/ip4/127.0.0.1/tcp/7461/tls', '/ip4/127.0.0.1/udp/7461', '/ip4/127.0.0.1/tcp/7461/quic', '/ip4/127.0.0.1'])
    expect(() => config(wrong), wrong).toThrow(/not valid/);
});
