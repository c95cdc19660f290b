// Alice's home as her windows see it: made, opened, locked, unlocked, failed; what opens it, and what is told of each step.
import { existsSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SottoError } from '../../core/base/errors.ts';
import { openPeer } from '../../core/index.ts';
import { homeExists, makeHome } from '../../core/peer/home.ts';
import { bob } from '../support/carrier.ts';
import { CHEAP, madeHost } from '../support/host.ts';
import { MadeKeyring } from '../support/keyring.ts';
import { until } from '../support/net-wait.ts';
import { temporaryFolder } from '../support/store-files.ts';

const byPassphrase = { passphrase: 'correct horse', cost: CHEAP };

describe('a new home', () => {
  it('is none until Alice makes it, then opens by itself and tells each step', async () => {
    const { host, home, states } = await madeHost([]);
    expect(await host.api.home({})).toMatchObject({ state: 'none', slots: { passphrase: false, keyring: false, keyFile: false } });
    await expect(host.api.contacts({})).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(host.api.unlock({ passphrase: 'x' })).rejects.toMatchObject({ code: 'NO_HOME' });
    const made = await host.api.createHome({ name: 'Alice', passphrase: 'correct horse', keyring: false });
    expect(made).toMatchObject({
      state: 'open',
      slots: { passphrase: true, keyring: false, keyFile: false },
      shared: false,
      desktop: false,
    });
    expect(states()).toEqual(['opening', 'open']);
    expect(existsSync(join(home, 'vault.json'))).toBe(true);
    await expect(host.api.createHome({ name: 'Alice', passphrase: 'x', keyring: false })).rejects.toMatchObject({ code: 'ALREADY' });
  });

  it('is made once when two windows ask at once', async () => {
    const { host } = await madeHost([]);
    const asked = [1, 2].map(() => host.api.createHome({ name: 'Alice', passphrase: 'correct horse', keyring: false }));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('is not made with nothing that opens it, nor with a keyring alone, and can be made after all', async () => {
    const keyring = new MadeKeyring();
    const { host, home } = await madeHost([], { keyring, engine: { homeExists, makeHome, openPeer } });
    await expect(host.api.createHome({ name: 'Alice', passphrase: null, keyring: true })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    keyring.worth = { available: false, backend: null, strong: false };
    await expect(host.api.createHome({ name: 'Alice', passphrase: 'p', keyring: true })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(existsSync(join(home, 'vault.json'))).toBe(false);
    expect(await host.api.home({})).toMatchObject({ state: 'none' });
    expect(await host.api.createHome({ name: 'Alice', passphrase: null, keyring: false })).toMatchObject({
      state: 'open',
      slots: { passphrase: false, keyring: false, keyFile: true },
    });
  });

  it('takes no keyring from a browser', async () => {
    const { host } = await madeHost([]);
    await expect(host.api.createHome({ name: 'Alice', passphrase: 'p', keyring: true })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('opening', () => {
  it('waits for the passphrase; a wrong one changes nothing and may be tried again', async () => {
    const { host, states, asked } = await madeHost([byPassphrase], {}, { contacts: () => [] });
    expect(await host.api.home({})).toMatchObject({ state: 'locked' });
    await expect(host.api.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(host.api.unlock({ passphrase: null })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await host.api.home({})).toMatchObject({ state: 'locked', reason: null });
    await expect(host.api.contacts({})).rejects.toMatchObject({ code: 'LOCKED' });
    expect(await host.api.unlock({ passphrase: 'correct horse' })).toMatchObject({ state: 'open' });
    expect(states()).toEqual(['opening', 'locked', 'opening', 'locked', 'opening', 'open']);
    expect(await host.api.contacts({})).toEqual([]);
    expect(asked).toEqual([['contacts', {}]]);
  });

  it('is one opening however many windows ask', async () => {
    const made = await madeHost([byPassphrase]);
    const opened = await Promise.all([1, 2, 3].map(() => made.host.api.unlock({ passphrase: 'correct horse' })));
    expect(opened.map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    expect(made.open).toBe(1);
    expect(made.states()).toEqual(['opening', 'open']);
  });

  it('needs nobody where a key file or the keyring opens it', async () => {
    const byFile = await madeHost([{ keyFile: true }]);
    expect(await byFile.reaches('open')).toMatchObject({ slots: { keyFile: true } });
    const keyring = new MadeKeyring();
    const byKeyring = await madeHost([byPassphrase, { keyring }], { keyring });
    expect(await byKeyring.reaches('open')).toMatchObject({ keyring: { backend: 'gnome-libsecret', strong: true } });
  });

  it('falls back to the passphrase when the keyring is lost, and says why', async () => {
    const keyring = new MadeKeyring();
    const home = join(temporaryFolder(), 'home');
    const first = await madeHost([byPassphrase, { keyring }], { home, keyring });
    await first.reaches('open');
    await first.host.close();
    keyring.lose();
    const again = await madeHost([], { home, keyring });
    await until(async () => (await again.host.api.home({})).reason !== null, 'it is said');
    expect(await again.host.api.home({})).toMatchObject({ state: 'locked', reason: expect.stringMatching(/^[A-Z_]+$/) });
    expect(await again.host.api.unlock({ passphrase: 'correct horse' })).toMatchObject({ state: 'open', reason: null });
  });

  it('does not ignore what Alice typed while the keyring was being asked', async () => {
    const keyring = new MadeKeyring();
    const home = join(temporaryFolder(), 'home');
    const first = await madeHost([byPassphrase, { keyring }], { home, keyring });
    await first.reaches('open');
    await first.host.close();
    const slow = Promise.withResolvers<void>();
    keyring.open = async () => {
      await slow.promise;
      throw new Error('The keyring is gone.');
    };
    const again = await madeHost([], { home, keyring });
    expect(await again.host.api.home({})).toMatchObject({ state: 'opening' });
    const [wrong, right] = ['wrong', 'correct horse'].map((passphrase) => again.host.api.unlock({ passphrase }));
    slow.resolve();
    await expect(wrong).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await right).toMatchObject({ state: 'open' });
    expect(again.open).toBe(1);
  });

  it('answers how it stands at once while it takes its time, and never waits for the network', async () => {
    const made = await madeHost([byPassphrase]);
    const slow = Promise.withResolvers<void>();
    made.hold = slow.promise;
    made.goOnline = () => new Promise(() => undefined);
    const opening = made.host.api.unlock({ passphrase: 'correct horse' });
    expect(await made.host.api.home({})).toMatchObject({ state: 'opening' });
    await expect(made.host.api.contacts({})).rejects.toMatchObject({ code: 'LOCKED' });
    slow.resolve();
    expect(await opening).toMatchObject({ state: 'open' });
    expect(made.online).toBe(1);
  });

  it('tries to go online again and again, and the home stays open meanwhile', async () => {
    const made = await madeHost([{ keyFile: true }]);
    made.goOnline = async () => {
      if (made.online < 3) throw new SottoError('OFFLINE', 'The port is taken.');
    };
    await made.reaches('open');
    await until(() => made.faults.length === 1, 'it is said');
    for (const ms of [2_000, 4_000]) {
      await until(() => made.clock.waiting === 1, 'it will try again');
      made.clock.pass(ms);
    }
    await until(() => made.online === 3, 'the third try');
    expect(made.faults).toEqual(['OFFLINE', 'OFFLINE']);
    expect(await made.host.api.home({})).toMatchObject({ state: 'open' });
    expect(made.clock.waiting).toBe(0);
  });

  it('that fails says why, and works again once the reason is gone', async () => {
    const made = await madeHost([byPassphrase]);
    made.failOpening = new SottoError('STORE_DAMAGED', 'A value on the disk is not what was written there.');
    await expect(made.host.api.unlock({ passphrase: 'correct horse' })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(await made.host.api.home({})).toMatchObject({ state: 'failed', reason: 'STORE_DAMAGED' });
    made.failOpening = null;
    expect(await made.host.api.unlock({ passphrase: 'correct horse' })).toMatchObject({ state: 'open', reason: null });
  });

  it('of a damaged vault fails, and tells nothing of a fault inside', async () => {
    const home = join(temporaryFolder(), 'home');
    const first = await madeHost([{ keyFile: true }], { home });
    await first.reaches('open');
    await first.host.close();
    truncateSync(join(home, 'vault.json'), 40);
    const again = await madeHost([], { home });
    expect(await again.host.api.home({})).toMatchObject({ state: 'failed', reason: 'STORE_DAMAGED' });
    const made = await madeHost([byPassphrase]);
    made.failOpening = new Error('secret') as SottoError;
    await expect(made.host.api.unlock({ passphrase: 'correct horse' })).rejects.toThrow();
    expect((await made.host.api.home({})).reason).toBe('INTERNAL');
  });
});

describe('a home that another host has', () => {
  const shared = async (answers: Readonly<Record<string, (input: unknown) => unknown>> = {}) => {
    const home = join(temporaryFolder(), 'home');
    const owner = await madeHost([byPassphrase], { home }, answers);
    await owner.host.api.unlock({ passphrase: 'correct horse' });
    return { owner, other: await madeHost([], { home }) };
  };

  it('asks for its passphrase all the same, and is reached through its owner', async () => {
    const { owner, other } = await shared({ contacts: () => [bob] });
    await expect(other.host.api.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await other.host.api.unlock({ passphrase: 'correct horse' })).toMatchObject({ state: 'open', shared: true });
    expect(await other.host.api.contacts({})).toEqual([bob]);
    owner.tell({ event: 'contact', contact: bob });
    await until(() => other.events.some(({ event }) => event === 'contact'), 'the event comes through');
    await owner.host.api.lock({});
    expect(await other.host.api.contacts({}), 'a lock is of one host').toEqual([bob]);
    expect(other.open).toBe(0);
  });

  it('is taken over when its owner goes, and an answer under way there is waited for', async () => {
    const slow = Promise.withResolvers<unknown>();
    const { owner, other } = await shared({ accept: () => slow.promise });
    await other.host.api.unlock({ passphrase: 'correct horse' });
    const accepted = other.host.api.accept({ who: 'Bob', petname: null });
    await until(() => owner.asked.length === 1, 'the call arrived');
    const closing = owner.host.close();
    slow.resolve(bob);
    expect(await accepted).toEqual(bob);
    await other.host.api.home({});
    await until(() => other.open === 1, 'taken over');
    await closing;
    expect(await other.reaches('open')).toMatchObject({ shared: false });
    expect(other.states().at(-1), 'told, for something may have been missed').toBe('open');
  });

  it('that cannot be taken over fails, says why, and opens once the reason is gone', async () => {
    const { owner, other } = await shared();
    await other.host.api.unlock({ passphrase: 'correct horse' });
    other.failOpening = new SottoError('STORE_FAILED');
    await owner.host.close();
    expect(await other.reaches('failed')).toMatchObject({ reason: 'STORE_FAILED' });
    await expect(other.host.api.contacts({})).rejects.toMatchObject({ code: 'LOCKED' });
    other.failOpening = null;
    expect(await other.host.api.unlock({ passphrase: 'correct horse' })).toMatchObject({ state: 'open', shared: false });
  });
});

describe('what opens the home', () => {
  it('is changed by Alice: a passphrase takes the key file along, and the old one opens nothing more', async () => {
    const { host, home, reaches } = await madeHost([{ keyFile: true }]);
    await reaches('open');
    expect(await host.api.changePassphrase({ from: null, to: 'first' })).toMatchObject({ slots: { passphrase: true, keyFile: false } });
    expect(existsSync(join(home, 'home.key'))).toBe(false);
    await expect(host.api.changePassphrase({ from: 'wrong', to: 'second' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(host.api.changePassphrase({ from: null, to: 'second' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await host.api.changePassphrase({ from: 'first', to: 'second' });
    await host.api.lock({});
    await expect(host.api.unlock({ passphrase: 'first' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await host.api.unlock({ passphrase: 'second' })).toMatchObject({ state: 'open' });
  });

  it('is never nothing: the last slot stays, and so does the passphrase beside a keyring', async () => {
    const keyring = new MadeKeyring();
    const { host, reaches } = await madeHost([byPassphrase], { keyring });
    await host.api.unlock({ passphrase: 'correct horse' });
    await expect(host.api.changePassphrase({ from: 'correct horse', to: null })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(host.api.useKeyring({ on: true, passphrase: null })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await host.api.useKeyring({ on: true, passphrase: 'correct horse' })).toMatchObject({ slots: { keyring: true } });
    await expect(host.api.changePassphrase({ from: 'wrong', to: null })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(host.api.changePassphrase({ from: 'correct horse', to: null })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await host.api.useKeyring({ on: false, passphrase: null })).toMatchObject({ slots: { passphrase: true, keyring: false } });
    await reaches('open');
  });

  it('is nothing to be changed while it is locked', async () => {
    const { host } = await madeHost([byPassphrase], { keyring: new MadeKeyring() });
    const calls = [
      host.api.changePassphrase({ from: 'correct horse', to: 'x' }),
      host.api.useKeyring({ on: true, passphrase: 'correct horse' }),
      host.api.startLocalRelay({}),
      host.api.stopLocalRelay({}),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'LOCKED' });
  });
});

describe('preferences', () => {
  it('are there before the home is, are told to every window, and outlive the host', async () => {
    const home = join(temporaryFolder(), 'home');
    const { host, events } = await madeHost([], { home });
    expect(await host.api.preferences({})).toMatchObject({ appearance: 'system', enterSends: true, notifications: 'name' });
    const next = await host.api.setPreferences({ appearance: 'dark', enterSends: false });
    expect(next).toMatchObject({ appearance: 'dark', enterSends: false, language: 'system' });
    expect(events).toContainEqual({ event: 'preferences', preferences: next });
    expect(statSync(join(home, 'preferences.json')).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    await Promise.all([host.api.setPreferences({ language: 'de' }), host.api.setPreferences({ contrast: 'more' })]);
    await host.close();
    const again = await madeHost([], { home });
    expect(await again.host.api.preferences({})).toMatchObject({ appearance: 'dark', language: 'de', contrast: 'more' });
    expect(await again.host.api.home({})).toMatchObject({ state: 'none' });
  });

  it.each([
    ['cut', '{"appear', { appearance: 'system', lockAfterMs: 3_600_000 }, 1],
    ['a list', '[1]', { appearance: 'system' }, 1],
    ['of a newer Sotto', '{"appearance":"dark","sparkles":true}', { appearance: 'dark' }, 0],
    [
      'with a value that is none',
      '{"appearance":"pink","language":"de","lockAfterMs":-1}',
      { appearance: 'system', language: 'de', lockAfterMs: 3_600_000 },
      0,
    ],
  ])('%s are taken as far as they are good, and damage is said', async (_what, file, expected, faults) => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'preferences.json'), file);
    const made = await madeHost([], { home });
    const found = await made.host.api.preferences({});
    expect(found).toMatchObject(expected);
    expect(found).not.toHaveProperty('sparkles');
    expect(made.faults).toHaveLength(faults);
  });
});

it('storage says where the home is and how large, also when there is none', async () => {
  const { host, home } = await madeHost([]);
  expect(await host.api.storage({})).toEqual({ folder: home, bytes: 0 });
  await host.api.setPreferences({ appearance: 'dark' });
  expect((await host.api.storage({})).bytes).toBe(statSync(join(home, 'preferences.json')).size);
  rmSync(home, { recursive: true });
});

it("a link from outside waits for the first window, and one that is too long is nobody's", async () => {
  const { host, events } = await madeHost([]);
  host.link(`sotto:${'x'.repeat(5_000)}`);
  host.link('sotto:invite/now');
  expect(events).toEqual([{ event: 'link', link: 'sotto:invite/now' }]);
});

it('the shell hears what windows hear and counts as none', async () => {
  const heard: string[] = [];
  const { host } = await madeHost([], { onEvent: ({ event }) => heard.push(event) });
  await host.api.setPreferences({ language: 'de' });
  expect(heard).toEqual(['preferences']);
});
