// A home that was cut off between its vault and its account: nothing that is said of it is wrong, nothing of it is deleted, and whoever began it
// goes on, in a terminal or in a window.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHome, homeExists, isUnfinished, openPeer } from '../../core/index.ts';
import { makeHome } from '../../core/peer/home.ts';
import { openHomeStore } from '../../core/store/home-store.ts';
import { createVault, slotKinds, type Unlock } from '../../core/store/vault.ts';
import { sotto } from '../support/cli-run.ts';
import { CHEAP, madeHost } from '../support/host.ts';
import { temporaryFolder } from '../support/store-files.ts';

const PASSPHRASE = 'correct horse';
const byPassphrase = { passphrase: PASSPHRASE, cost: CHEAP };
const engine = { homeExists, isUnfinished, createHome, openPeer };

/** What a home is when the power goes after its vault, and after its store began: its account is one commit, there or not. */
const CUTS = {
  'its vault': (home: string, unlock: Unlock) => createVault(home, unlock),
  'its store': async (home: string, unlock: Unlock) => (await openHomeStore(home, await createVault(home, unlock))).close(),
};

async function cutOff(after: keyof typeof CUTS, unlock: Unlock = byPassphrase): Promise<string> {
  const home = join(temporaryFolder(), 'home');
  await CUTS[after](home, unlock);
  return home;
}

const vaultOf = (home: string) => readFileSync(join(home, 'vault.json'), 'utf8');
const windowOf = (home: string) => madeHost([], { home, engine: { homeExists, makeHome, openPeer } });

describe.each(Object.keys(CUTS) as (keyof typeof CUTS)[])('a home that was cut off after %s', (after) => {
  it('is said to have no account, and `sotto init` goes on with it', async () => {
    const home = await cutOff(after);
    const run = (...argv: string[]) => sotto(engine, [...argv, '--home', home], { env: { SOTTO_PASSPHRASE: PASSPHRASE } });
    const before = vaultOf(home);
    const asked = await run('id');
    expect([asked.code, asked.err]).toEqual([1, expect.stringContaining('sotto init')]);
    const made = await run('init', '--name', 'Alice');
    expect([made.code, made.err]).toEqual([0, expect.stringContaining('not finished')]);
    expect((await run('id')).out).toContain('Alice');
    expect(vaultOf(home)).toBe(before);
    expect((await run('init', '--name', 'Alice')).err).toContain('already');
  });

  it('is finished in a window', async () => {
    const home = await cutOff(after);
    const { host } = await windowOf(home);
    await expect(host.api.unlock({ passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'NO_HOME' });
    expect(await host.api.home({})).toMatchObject({ state: 'none' });
    await expect(host.api.createHome({ name: 'Alice', passphrase: 'another', keyring: false })).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    expect(await host.api.home({})).toMatchObject({ state: 'none' });
    expect(await host.api.createHome({ name: 'Alice', passphrase: PASSPHRASE, keyring: false })).toMatchObject({ state: 'open' });
    expect(await host.api.identity({})).toMatchObject({ name: 'Alice' });
    await expect(host.api.createHome({ name: 'Eve', passphrase: PASSPHRASE, keyring: false })).rejects.toMatchObject({ code: 'ALREADY' });
  });
});

describe('what was begun', () => {
  it('with another passphrase is said as such and stays as it is', async () => {
    const home = await cutOff('its store');
    const before = vaultOf(home);
    const made = await sotto(engine, ['init', '--name', 'Alice', '--home', home], { env: { SOTTO_PASSPHRASE: 'another' } });
    expect([made.code === 0, made.err]).toEqual([false, expect.stringContaining('the passphrase it was begun with')]);
    expect(vaultOf(home)).toBe(before);
    await expect(makeHome(home, { name: 'Alice', passphrase: null })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
  });

  it('without a passphrase opens the first run by itself, and takes the passphrase that is chosen now', async () => {
    const home = await cutOff('its vault', { keyFile: true });
    const { host, reaches } = await windowOf(home);
    await reaches('none');
    await host.api.createHome({ name: 'Alice', passphrase: PASSPHRASE, keyring: false });
    expect(await slotKinds(home)).toEqual(['passphrase']);
  });

  it('and finished is no more: another account is refused as ever, with whatever passphrase', async () => {
    const home = join(temporaryFolder(), 'home');
    await createHome(home, { name: 'Alice', ...byPassphrase });
    for (const passphrase of [PASSPHRASE, 'another', null])
      await expect(makeHome(home, { name: 'Eve', passphrase })).rejects.toMatchObject({ code: 'ALREADY' });
    expect(await isUnfinished(home)).toBe(false);
    const peer = await openPeer({ home, passphrase: async () => PASSPHRASE, online: false });
    expect(await isUnfinished(home), 'also while it is open').toBe(false);
    await peer.close();
  });
});
