// The address of Alice's window on its way to her browser: nobody who lists processes or files sees it, and no passphrase goes along.
import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAddress, openerFor } from '../../core/cli/open-address.ts';
import { within } from '../support/net-wait.ts';

const ADDRESS = `http://127.0.0.1:40000/#${'a'.repeat(43)}`;

/** A folder with an opener that writes down what it was given. */
function fakeOpener(script: string): { readonly path: string; readonly told: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-opener-'));
  const told = join(folder, 'told');
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\n${script.replaceAll('TOLD', told)}\n`);
  chmodSync(join(folder, 'xdg-open'), 0o755);
  return { path: [folder, process.env.PATH].join(delimiter), told };
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('the words of the opener name a file that only she can read, and that leads to the address', () => {
    const { program, words, input, clean } = openerFor(ADDRESS, 'linux');
    const [file = ''] = words;
    expect([program, words.length, input]).toEqual(['xdg-open', 1, '']);
    expect(file).not.toContain('a'.repeat(43));
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readFileSync(file, 'utf8')).toContain(`content="0;url=${ADDRESS}"`);
    clean();
    expect(existsSync(dirname(file))).toBe(false);
  });

  test('the opener runs without a shell, and without her passphrase', async () => {
    const { path, told } = fakeOpener('cat "$1" > TOLD; env >> TOLD');
    const { opened, clean } = openAddress(ADDRESS, { PATH: path, DISPLAY: ':0', SOTTO_PASSPHRASE: 'correct horse', LANG: 'C' }, 'linux');
    expect(await within(opened, 'the opener')).toBe(true);
    clean();
    const text = readFileSync(told, 'utf8');
    expect(text).toContain(ADDRESS);
    expect(text).toContain('LANG=C');
    expect(text).not.toContain('correct horse');
  });

  test('an opener that fails, or is not there, is heard of', async () => {
    const { path } = fakeOpener('exit 3');
    for (const env of [
      { PATH: path, DISPLAY: ':0' },
      { PATH: '/nowhere', WAYLAND_DISPLAY: 'wayland-0' },
    ]) {
      const { opened, clean } = openAddress(ADDRESS, env, 'linux');
      expect(await within(opened, 'the failure')).toBe(false);
      clean();
    }
  });

  test('without a screen nothing is run', async () => {
    const { path, told } = fakeOpener('touch TOLD');
    expect(await openAddress(ADDRESS, { PATH: path, DISPLAY: '' }, 'linux').opened).toBe(false);
    expect(existsSync(told)).toBe(false);
  });
});

test('on macOS the address goes by standard input, which nobody else can read', () => {
  const { program, words, input } = openerFor(ADDRESS, 'darwin');
  expect([program, words]).toEqual(['osascript', ['-']]);
  expect(input).toBe(`open location "${ADDRESS}"\n`);
});

test('on Windows, where words are hidden from other users, no shell reads them', () => {
  expect(openerFor(ADDRESS, 'win32')).toMatchObject({ program: 'rundll32', words: ['url.dll,FileProtocolHandler', ADDRESS] });
});

test('at the far end of a shell no browser is opened', async () => {
  for (const platform of ['darwin', 'win32'] as const) {
    expect(await openAddress(ADDRESS, { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, platform).opened).toBe(false);
  }
});
