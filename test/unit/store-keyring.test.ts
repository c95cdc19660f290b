// The keyring's slot: a way in beside the others, which may be lost and never takes the home with it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addSlot, createVault, openVault, removeSlot, slotKinds } from '../../core/store/vault.ts';
import { decodeVault } from '../../core/store/vault-file.ts';
import { MadeKeyring } from '../support/keyring.ts';
import { filesWith, temporaryFolder } from '../support/store-files.ts';

/** A thousandth of the real work: these tests are about doors, not about how thick they are. */
const cost = { n: 2 ** 10, r: 8, p: 1 };

test('Alice opens her home by her keyring or by her passphrase, and the file says which keyring it was', async () => {
  const home = join(temporaryFolder(), 'home');
  const keyring = new MadeKeyring();
  const made = await createVault(home, { passphrase: 'correct horse', cost }, { keyring });
  expect(await slotKinds(home)).toEqual(['passphrase', 'keyring']);
  expect(await openVault(home, { keyring })).toEqual(made);
  expect(await openVault(home, { passphrase: 'correct horse' })).toEqual(made);
  expect(await openVault(home, { passphrase: 'correct horse', keyring })).toEqual(made);
  expect(decodeVault(readFileSync(join(home, 'vault.json')))).toContainEqual(expect.objectContaining({ backend: 'gnome-libsecret' }));
  for (const key of [made.sealing, made.blinding]) expect(filesWith(home, key)).toEqual([]);
});

test('a wrong passphrase is wrong, whatever the keyring could open', async () => {
  const home = temporaryFolder();
  const keyring = new MadeKeyring();
  await createVault(home, { passphrase: 'correct horse', cost }, { keyring });
  await expect(openVault(home, { passphrase: 'wrong', keyring })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
});

test('a lost keyring never loses the data: it is said, the passphrase opens, and the new keyring is taken in its place', async () => {
  const home = temporaryFolder();
  const keyring = new MadeKeyring();
  const made = await createVault(home, { passphrase: 'correct horse', cost }, { keyring });
  keyring.lose();
  await expect(openVault(home, { keyring })).rejects.toMatchObject({
    code: 'WRONG_PASSPHRASE',
    message: expect.stringContaining('keyring'),
  });
  expect(await openVault(home, { passphrase: 'correct horse' })).toEqual(made);
  await addSlot(home, { passphrase: 'correct horse' }, { keyring });
  expect(await openVault(home, { keyring })).toEqual(made);
  expect(await slotKinds(home)).toEqual(['passphrase', 'keyring']);
});

test('where the keyring fails, a key file beside it still opens', async () => {
  const home = temporaryFolder();
  const keyring = new MadeKeyring();
  const made = await createVault(home, { keyFile: true }, { keyring });
  keyring.lose();
  expect(await openVault(home, { keyring })).toEqual(made);
});

test('a keyring is never the only way in: not from the start, and not by taking away the rest', async () => {
  const home = join(temporaryFolder(), 'home');
  const keyring = new MadeKeyring();
  await expect(createVault(home, { keyring })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(existsSync(home)).toBe(false);
  await createVault(home, { passphrase: 'p', cost }, { keyring });
  await expect(removeSlot(home, 'passphrase')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(await slotKinds(home)).toEqual(['passphrase', 'keyring']);
  await removeSlot(home, 'keyring');
  await expect(openVault(home, { keyring })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
  await openVault(home, { passphrase: 'p' });
});

test('where there is no keyring nothing is made of it', async () => {
  const home = join(temporaryFolder(), 'home');
  const keyring = new MadeKeyring();
  keyring.worth = { available: false, backend: null, strong: false };
  await expect(createVault(home, { passphrase: 'p', cost }, { keyring })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(existsSync(join(home, 'vault.json'))).toBe(false);
});

test('the key file goes with its slot, so that nobody finds it later', async () => {
  const home = temporaryFolder();
  await createVault(home, { keyFile: true });
  await addSlot(home, {}, { passphrase: 'p', cost });
  await removeSlot(home, 'key-file');
  expect(existsSync(join(home, 'home.key'))).toBe(false);
  await openVault(home, { passphrase: 'p' });
});
