// The address at which a home shows its window to a browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPageFiles } from '../../core/host/page-files.ts';
import { servePage } from '../../core/host/page-server.ts';
import { windowHost } from '../../core/host/window-host.ts';
import { builtPage } from '../support/page-server.ts';
import { temporaryFolder } from '../support/store-files.ts';

const OWN = /^127\.(?!0\.)\d+\.\d+\.\d+$/;

async function hostOf(home: string) {
  const faults: string[] = [];
  return { host: await windowHost(home, ({ code }) => faults.push(code)), faults };
}

describe('the address of a home', () => {
  it('is its own, and the same for ever', async () => {
    const home = join(temporaryFolder(), 'home');
    const first = await hostOf(home);
    expect(first).toEqual({ host: expect.stringMatching(OWN), faults: [] });
    expect(await hostOf(home)).toEqual(first);
    expect((await hostOf(join(temporaryFolder(), 'home'))).host).not.toBe(first.host);
  });

  it.each(['{', '{"host":"10.0.0.1"}', '{"host":"127.0.0.256"}', '{"host":"127.1.2.3.evil.example"}'])(
    'is chosen anew where its file holds %s',
    async (text) => {
      const home = temporaryFolder();
      writeFileSync(join(home, 'window-host.json'), text);
      const { host } = await hostOf(home);
      expect(host).toMatch(OWN);
      expect(JSON.parse(readFileSync(join(home, 'window-host.json'), 'utf8'))).toEqual({ host });
    },
  );

  it('that cannot be kept is said, and good for now', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'window-host.json'));
    expect(await hostOf(home)).toEqual({ host: expect.stringMatching(OWN), faults: ['MALFORMED', 'STORE_FAILED'] });
  });
});

describe('a page server', () => {
  const serve = async (host: string) => {
    const server = await servePage({ files: readPageFiles(builtPage()), serve: () => undefined, host });
    onTestFinished(() => server.close());
    return new URL(server.address);
  };

  it.runIf(process.platform !== 'darwin')('answers at the address it was given and at no other', async () => {
    const { host, hostname, port } = await serve('127.9.8.7');
    expect(hostname).toBe('127.9.8.7');
    expect((await fetch(`http://${host}/`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('answers at 127.0.0.1 where this machine has no such address', async () => {
    expect((await serve('192.0.2.7')).hostname).toBe('127.0.0.1');
  });
});
