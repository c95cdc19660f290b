// What a reviewer found in the host: locks that failed open, changes that undid each other, wishes that were overtaken.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SottoError } from '../../core/base/errors.ts';
import { createVault, slotKinds } from '../../core/store/vault.ts';
import { CHEAP, MadeRelays, madeHost } from '../support/host.ts';
import { MadeKeyring } from '../support/keyring.ts';
import { until } from '../support/net-wait.ts';
import { temporaryFolder } from '../support/store-files.ts';

const HOUR = 3_600_000;
const byPassphrase = { passphrase: 'correct horse', cost: CHEAP };
const locked = { code: 'LOCKED' };
const answers = {
  addRelay: (input: unknown) => ({
    address: (input as { relay: string }).relay,
    peerId: '12D3KooWLocal',
    state: 'connected',
    reason: null,
  }),
};

describe('an idle window', () => {
  it('locks from the moment on at which Alice set a passphrase, and no more once she took it away', async () => {
    const made = await madeHost([{ keyFile: true }]);
    await made.reaches('open');
    made.clock.pass(2 * HOUR);
    expect((await made.host.api.home({})).state, 'there is nothing to ask for').toBe('open');
    await made.host.api.changePassphrase({ from: null, to: 'correct horse' });
    made.clock.pass(HOUR);
    await made.reaches('locked');
  });

  it('waits for nothing once the passphrase is gone', async () => {
    const made = await madeHost([byPassphrase, { keyFile: true }]);
    await made.reaches('open');
    expect(made.clock.waiting).toBe(1);
    await made.host.api.changePassphrase({ from: 'correct horse', to: null });
    expect(made.clock.waiting).toBe(0);
  });
});

describe('a lock', () => {
  it('holds also when the file of the slots cannot be read at that moment', async () => {
    const made = await madeHost([byPassphrase]);
    await made.host.api.unlock({ passphrase: 'correct horse' });
    const vault = join(made.home, 'vault.json');
    const kept = readFileSync(vault);
    rmSync(vault);
    expect((await made.host.api.lock({})).state).toBe('locked');
    await expect(made.host.api.contacts({})).rejects.toMatchObject(locked);
    writeFileSync(vault, kept);
    expect((await made.host.api.unlock({ passphrase: 'correct horse' })).state).toBe('open');
  });

  it('is not opened by the keyring because the home was lost meanwhile', async () => {
    const keyring = new MadeKeyring();
    const home = join(temporaryFolder(), 'home');
    const owner = await madeHost([byPassphrase, { keyring }], { home, keyring });
    await owner.reaches('open');
    const made = await madeHost([], { home, keyring });
    await made.reaches('open');
    await made.host.api.lock({});
    made.failOpening = new SottoError('STORE_FAILED');
    await owner.host.close();
    await made.reaches('failed');
    made.failOpening = null;
    await expect(made.host.api.unlock({ passphrase: null })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect((await made.host.api.home({})).state).toBe('locked');
    expect((await made.host.api.unlock({ passphrase: 'correct horse' })).state).toBe('open');
    expect((await made.host.api.lock({})).state).toBe('locked');
  });

  it('is not made weaker by whoever sits before it', async () => {
    const made = await madeHost([byPassphrase]);
    const api = made.host.api;
    await expect(api.setPreferences({ lockAfterMs: 0 }), 'not before it was opened').rejects.toMatchObject(locked);
    await api.unlock({ passphrase: 'correct horse' });
    await api.setPreferences({ lockAfterMs: HOUR, notifications: 'event' });
    await api.lock({});
    await expect(api.setPreferences({ lockAfterMs: 0 })).rejects.toMatchObject(locked);
    await expect(api.setPreferences({ notifications: 'text', appearance: 'dark' })).rejects.toMatchObject(locked);
    expect(await api.preferences({})).toMatchObject({ lockAfterMs: HOUR, notifications: 'event', appearance: 'system' });
    expect(await api.setPreferences({ appearance: 'dark', language: 'de' })).toMatchObject({ appearance: 'dark', language: 'de' });
  });
});

describe('what opens a home', () => {
  it('is changed by one window after the other: a keyring that was taken away does not come back', async () => {
    const keyring = new MadeKeyring();
    const made = await madeHost([byPassphrase, { keyring }], { keyring });
    await made.reaches('open');
    const { api } = made.host;
    await Promise.all([
      api.changePassphrase({ from: 'correct horse', to: 'battery staple' }),
      api.useKeyring({ on: false, passphrase: null }),
      api.changePassphrase({ from: 'battery staple', to: 'third' }),
    ]);
    expect(await slotKinds(made.home)).toEqual(['passphrase']);
    await api.lock({});
    await expect(api.unlock({ passphrase: 'battery staple' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect((await api.unlock({ passphrase: 'third' })).slots).toEqual({ passphrase: true, keyring: false, keyFile: false });
  });

  it('is not changed any more by what waited for its turn when it was locked', async () => {
    const made = await madeHost([byPassphrase]);
    const { api } = made.host;
    await api.unlock({ passphrase: 'correct horse' });
    const first = api.changePassphrase({ from: 'correct horse', to: 'battery staple' });
    const second = api.changePassphrase({ from: 'battery staple', to: 'third' });
    void second.catch(() => undefined);
    await api.lock({});
    await first;
    await expect(second).rejects.toMatchObject(locked);
  });
});

describe('a host that is closed', () => {
  it('while it opens leaves nothing open behind it, and tells nobody anything more', async () => {
    const made = await madeHost([byPassphrase]);
    const { promise: hold, resolve: go } = Promise.withResolvers<void>();
    made.hold = hold;
    const opening = made.host.api.unlock({ passphrase: 'correct horse' });
    void opening.catch(() => undefined);
    await made.reaches('opening');
    const closing = made.host.close();
    const told = made.events.length;
    go();
    await closing;
    await expect(opening).rejects.toMatchObject({ code: 'CLOSED' });
    expect(made.open).toBe(0);
    expect(made.events).toHaveLength(told);
    await expect(made.host.api.contacts({})).rejects.toMatchObject(locked);
    await expect(made.host.api.unlock({ passphrase: 'correct horse' })).rejects.toMatchObject({ code: 'CLOSED' });
    expect(made.open).toBe(0);
    expect(made.clock.waiting, 'no timer outlives it').toBe(0);
  });

  it('while its relay starts leaves no relay behind', async () => {
    const relays = new MadeRelays();
    const made = await madeHost([{ keyFile: true }], { relay: relays }, answers);
    await made.reaches('open');
    const starting = made.host.api.startLocalRelay({});
    void starting.catch(() => undefined);
    await made.host.close();
    await starting.catch(() => undefined);
    expect(relays.running.size).toBe(0);
    await expect(made.host.api.startLocalRelay({})).rejects.toThrow();
    expect(relays.running.size).toBe(0);
  });

  it('makes no home any more', async () => {
    const home = join(temporaryFolder(), 'home');
    const made = await madeHost([], { home });
    await made.host.close();
    await expect(made.host.api.createHome({ name: 'Alice', passphrase: null, keyring: false })).rejects.toMatchObject({ code: 'CLOSED' });
    expect(existsSync(home)).toBe(false);
  });
});

describe('a home that somebody else made meanwhile', () => {
  it('is found when Alice asks for one, and opens by its own passphrase', async () => {
    const home = join(temporaryFolder(), 'home');
    const made = await madeHost([], { home });
    expect((await made.host.api.home({})).state).toBe('none');
    await createVault(home, byPassphrase);
    await expect(made.host.api.createHome({ name: 'Alice', passphrase: 'mine', keyring: false })).rejects.toMatchObject({
      code: 'ALREADY',
    });
    const found = await made.reaches('locked');
    expect(found.slots.passphrase).toBe(true);
    expect((await made.host.api.unlock({ passphrase: 'correct horse' })).state).toBe('open');
  });

  it('is locked and not failed when both made it at once', async () => {
    const home = join(temporaryFolder(), 'home');
    const made = await madeHost([], {
      home,
      engine: {
        homeExists: (await import('../../core/peer/home.ts')).homeExists,
        makeHome: async () => {
          await createVault(home, byPassphrase);
          throw new SottoError('ALREADY');
        },
        openPeer: async () => Promise.reject(new SottoError('INTERNAL')),
      },
    });
    await expect(made.host.api.createHome({ name: 'Alice', passphrase: 'mine', keyring: false })).rejects.toMatchObject({
      code: 'ALREADY',
    });
    expect(await made.host.api.home({})).toMatchObject({ state: 'locked', slots: { passphrase: true } });
  });
});

describe('the relay on this machine', () => {
  it('that is stopped while it starts stays stopped, also at the next start', async () => {
    const home = join(temporaryFolder(), 'home');
    const relays = new MadeRelays();
    const made = await madeHost([{ keyFile: true }], { home, relay: relays }, answers);
    await made.reaches('open');
    const starting = made.host.api.startLocalRelay({});
    void starting.catch(() => undefined);
    expect(await made.host.api.stopLocalRelay({})).toEqual({ running: false, address: null });
    await starting.catch(() => undefined);
    expect(relays.running.size).toBe(0);
    await made.host.close();
    const again = await madeHost([], { home, relay: relays }, answers);
    await again.reaches('open');
    await again.host.api.storage({});
    expect(relays.started, 'nobody wanted it any more').toHaveLength(1);
  });

  it('is not started before the one that still goes down is gone', async () => {
    const { promise: gone, resolve: go } = Promise.withResolvers<void>();
    const order: string[] = [];
    const start = async (_: string, port: number) => {
      order.push('start');
      const stop = () => gone.then(() => void order.push('gone'));
      return { address: `/ip4/127.0.0.1/tcp/${port}/ws/p2p/12D3KooWLocal`, ended: new Promise<void>(() => undefined), stop };
    };
    const made = await madeHost([{ keyFile: true }], { relay: { start } }, answers);
    await made.reaches('open');
    await made.host.api.startLocalRelay({});
    const stopping = made.host.api.stopLocalRelay({});
    await until(async () => !(await made.host.api.localRelay({})).running, 'it goes down');
    const starting = made.host.api.startLocalRelay({});
    await made.host.api.storage({});
    expect(order).toEqual(['start']);
    go();
    await Promise.all([stopping, starting]);
    expect(order.slice(0, 3)).toEqual(['start', 'gone', 'start']);
  });
});
