// The operator's side of a relay: settings, key, tokens. No secret may be readable by anybody else.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bucket } from '../../core/base/bucket.ts';
import { systemClock } from '../../core/base/clock.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { dataConfig, isLoopback, runConfig } from '../../relay/config.ts';
import { readAddresses, relayKey, writeAddresses } from '../../relay/data.ts';
import { temporaryData } from '../support/relay-parts.ts';

const LOOPBACK = '/ip4/127.0.0.1/tcp/0/ws';
const PUBLIC = '/ip4/0.0.0.0/tcp/7460/ws';

test('a relay on loopback is open, any other asks for tokens, and the operator may say otherwise', () => {
  const open = (...args: string[]) => runConfig(['--data', 'd', ...args]).open;
  expect(open('--listen', LOOPBACK)).toBe(true);
  expect(open()).toBe(true);
  expect(open('--listen', LOOPBACK, '--closed')).toBe(false);
  expect(open('--listen', PUBLIC)).toBe(false);
  expect(open('--listen', LOOPBACK, PUBLIC)).toBe(false);
  expect(open('--listen', LOOPBACK, '--announce', '/dns4/relay.example/tcp/443/tls/ws')).toBe(false);
  expect(open('--listen', PUBLIC, '--open')).toBe(true);
});

test('several addresses are named one after the other or each with its option', () => {
  const expected = [LOOPBACK, PUBLIC];
  expect(runConfig(['--data', 'd', '--listen', LOOPBACK, PUBLIC, '--json'])).toMatchObject({ listen: expected, json: true });
  expect(runConfig(['--data', 'd', '--listen', LOOPBACK, '--listen', PUBLIC])).toMatchObject({ listen: expected, json: false });
});

test('wrong usage is named: no data folder, an unknown option, a contradiction, a stray word', () => {
  for (const args of [[], ['--data', 'd', '--nonsense'], ['--data', 'd', '--open', '--closed'], ['--data', 'd', 'word']]) {
    expect(() => runConfig(args), args.join(' ')).toThrow(expect.toSatisfy((error) => isSottoError(error, 'BAD_INPUT')));
  }
  expect(() => dataConfig(['--data', 'd', '--listen', LOOPBACK])).toThrow();
});

test('loopback is told from what others can reach', () => {
  expect(['/ip4/127.0.0.1/tcp/1/ws', '/ip6/::1/tcp/1/ws', '/dns4/localhost/tcp/1/ws'].every(isLoopback)).toBe(true);
  expect(
    ['/ip4/192.168.0.7/tcp/1/ws', '/ip6/::/tcp/1/ws', '/dns4/localhost.example/tcp/1/ws', '/ip4/128.0.0.1/tcp/1'].some(isLoopback),
  ).toBe(false);
});

test('the key is made once, is the same afterwards, and nobody else may read it', async () => {
  const data = await temporaryData();
  const key = await relayKey(data);
  expect((await relayKey(data)).seed).toEqual(key.seed);
  expect((await stat(join(data, 'key'))).mode & 0o777).toBe(0o600);
  expect((await readdir(data)).sort()).toEqual(['key']);
});

test('the addresses are kept for the token command, readable by nobody else', async () => {
  const data = await temporaryData();
  expect(await readAddresses(data)).toBeNull();
  await writeAddresses(data, [LOOPBACK]);
  expect(await readAddresses(data)).toEqual([LOOPBACK]);
  expect((await stat(join(data, 'addresses.json'))).mode & 0o777).toBe(0o600);
});

test('a bucket gives its burst at once and then its rate, and says how long to wait', () => {
  let now = 0;
  const bucket = new Bucket({ ...systemClock, monotonic: () => now }, { burst: 2, perSecond: 4 });
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 250]);
  now = 250;
  expect([bucket.take(), bucket.take()]).toEqual([0, 250]);
  now = 60_000;
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 250]);
});
