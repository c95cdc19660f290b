// The vault: who gets in, who does not, and what a damaged file says.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8 } from '../../core/base/bytes.ts';
import { type ErrorCode, isSottoError } from '../../core/base/errors.ts';
import { openHomeStore } from '../../core/store/home-store.ts';
import { plainKey } from '../../core/store/keys.ts';
import { SCRYPT_COST } from '../../core/store/slot.ts';
import { addSlot, createVault, openVault, removeSlot, slotKinds } from '../../core/store/vault.ts';
import { filesWith, temporaryFolder } from '../support/store-files.ts';

/** A thousandth of the real work: these tests are about doors, not about how thick they are. */
const cost = { n: 2 ** 10, r: 8, p: 1 };
const code =
  (expected: ErrorCode) =>
  (error: unknown): boolean =>
    isSottoError(error, expected);

test('Alice opens her home with her passphrase and with no other', async () => {
  const home = join(temporaryFolder(), 'home');
  const made = await createVault(home, { passphrase: 'correct horse', cost });
  expect(await openVault(home, { passphrase: 'correct horse' })).toEqual(made);
  await expect(openVault(home, { passphrase: 'correct horsf' })).rejects.toSatisfy(code('WRONG_PASSPHRASE'));
  await expect(openVault(home)).rejects.toSatisfy(code('WRONG_PASSPHRASE'));
  expect(made.sealing).not.toEqual(made.blinding);
});

test('the same passphrase composed of other characters opens too', async () => {
  const home = temporaryFolder();
  await createVault(home, { passphrase: 'caf\u00e9', cost });
  await openVault(home, { passphrase: 'cafe\u0301' });
});

test('the real cost stands in the slot', async () => {
  const home = temporaryFolder();
  await createVault(home, { passphrase: 'p' });
  expect(JSON.parse(readFileSync(join(home, 'vault.json'), 'utf8')).slots[0]).toMatchObject({ kind: 'passphrase', n: 131_072, r: 8, p: 1 });
  expect(SCRYPT_COST).toEqual({ n: 131_072, r: 8, p: 1 });
});

test('a home without a passphrase opens by its key file alone', async () => {
  const home = temporaryFolder();
  const made = await createVault(home, { keyFile: true });
  expect(await openVault(home)).toEqual(made);
  expect(await openVault(home, { passphrase: 'not needed' })).toEqual(made);
  expect(await slotKinds(home)).toEqual(['key-file']);
  writeFileSync(join(home, 'home.key'), new Uint8Array(32));
  await expect(openVault(home)).rejects.toSatisfy(code('STORE_DAMAGED'));
  rmSync(join(home, 'home.key'));
  await expect(openVault(home)).rejects.toSatisfy(code('STORE_DAMAGED'));
});

test("folder and files are the owner's alone, and no key lies in them but the key file", async () => {
  const home = join(temporaryFolder(), 'home');
  const keys = await createVault(home, { keyFile: true });
  await addSlot(home, {}, { passphrase: 'p', cost });
  expect(statSync(home).mode & 0o777).toBe(0o700);
  for (const name of ['vault.json', 'home.key']) expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
  expect(readdirSync(home).sort()).toEqual(['home.key', 'vault.json']);
  for (const key of [keys.sealing, keys.blinding]) expect(filesWith(home, key)).toEqual([]);
  expect(filesWith(home, readFileSync(join(home, 'home.key')))).toEqual([join(home, 'home.key')]);
});

test('an empty folder that was there becomes private, one with other things in it is left alone', async () => {
  const folder = temporaryFolder();
  const [empty, used] = [join(folder, 'empty'), join(folder, 'used')];
  for (const path of [empty, used]) mkdirSync(path);
  for (const path of [empty, used]) chmodSync(path, 0o755);
  writeFileSync(join(used, 'photo'), '');
  await createVault(empty, { keyFile: true });
  await createVault(used, { keyFile: true });
  expect(statSync(empty).mode & 0o777).toBe(0o700);
  expect(statSync(used).mode & 0o777).toBe(0o755);
});

test('a second vault is never made over the first', async () => {
  const home = temporaryFolder();
  const made = await createVault(home, { keyFile: true });
  await expect(createVault(home, { passphrase: 'p', cost })).rejects.toSatisfy(code('ALREADY'));
  expect(await openVault(home)).toEqual(made);
});

test('of two that make one home at once, one wins and its keys are those of the home', async () => {
  const home = temporaryFolder();
  const tries = await Promise.allSettled([createVault(home, { keyFile: true }), createVault(home, { keyFile: true })]);
  const made = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(made).toEqual([await openVault(home)]);
});

test('each slot opens the same keys by itself; one can go, the last one cannot', async () => {
  const home = temporaryFolder();
  const made = await createVault(home, { passphrase: 'old', cost });
  await expect(addSlot(home, { passphrase: 'wrong' }, { keyFile: true })).rejects.toSatisfy(code('WRONG_PASSPHRASE'));
  await addSlot(home, { passphrase: 'old' }, { keyFile: true });
  expect(await slotKinds(home)).toEqual(['passphrase', 'key-file']);
  expect(await openVault(home)).toEqual(made);
  await addSlot(home, { passphrase: 'old' }, { passphrase: 'new', cost });
  expect(await openVault(home, { passphrase: 'new' })).toEqual(made);
  await expect(openVault(home, { passphrase: 'old' })).rejects.toSatisfy(code('WRONG_PASSPHRASE'));
  await removeSlot(home, 'key-file');
  await expect(openVault(home)).rejects.toSatisfy(code('WRONG_PASSPHRASE'));
  await expect(removeSlot(home, 'key-file')).rejects.toSatisfy(code('NOT_FOUND'));
  await expect(removeSlot(home, 'passphrase')).rejects.toSatisfy(code('BAD_INPUT'));
  expect(await openVault(home, { passphrase: 'new' })).toEqual(made);
});

test('no vault is NO_HOME, an empty passphrase is BAD_INPUT', async () => {
  const home = temporaryFolder();
  await expect(openVault(home)).rejects.toSatisfy(code('NO_HOME'));
  await expect(createVault(home, { passphrase: '', cost })).rejects.toSatisfy(code('BAD_INPUT'));
});

test('a vault cut anywhere or bent anywhere is STORE_DAMAGED, never a wrong passphrase, and putting it back heals it', async () => {
  const home = temporaryFolder();
  const path = join(home, 'vault.json');
  const made = await createVault(home, { passphrase: 'p', cost });
  const whole = readFileSync(path);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.option(fc.integer({ min: 33, max: 126 })), async (at, byte) => {
      if (byte === null) truncateSync(path, at);
      else if (whole[at] !== byte)
        writeFileSync(
          path,
          whole.map((old, i) => (i === at ? byte : old)),
        );
      const error: unknown = await openVault(home, { passphrase: 'p' }).catch((reason: unknown) => reason);
      const untouched = readFileSync(path).equals(whole);
      expect(untouched || code('STORE_DAMAGED')(error)).toBe(true);
      writeFileSync(path, whole);
    }),
    { numRuns: 60 },
  );
  expect(await openVault(home, { passphrase: 'p' })).toEqual(made);
});

test('a forged cost is refused before any work is done, and a newer format is named', async () => {
  const home = temporaryFolder();
  const path = join(home, 'vault.json');
  await createVault(home, { passphrase: 'p', cost });
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const { encodeVault } = await import('../../core/store/vault-file.ts');
  for (const absurd of [{ n: 2 ** 21 }, { r: 17 }, { p: 5 }, { n: 2 ** 20, r: 16 }]) {
    writeFileSync(path, encodeVault([{ ...file.slots[0], ...absurd }]));
    await expect(openVault(home, { passphrase: 'p' })).rejects.toSatisfy(code('STORE_DAMAGED'));
  }
  writeFileSync(path, JSON.stringify({ ...file, format: 2 }));
  await expect(openVault(home, { passphrase: 'p' })).rejects.toThrow(/newer Sotto/);
});

test('the home store opens with its own keys, for one at a time, and not with those of another vault', async () => {
  const [home, other] = [temporaryFolder(), temporaryFolder()];
  const keys = await createVault(home, { keyFile: true });
  const store = await openHomeStore(home, keys);
  await store.commit([{ key: plainKey('name'), value: utf8('Alice') }]);
  await expect(openHomeStore(home, keys)).rejects.toSatisfy(code('STORE_LOCKED'));
  await store.close();
  const stranger = await createVault(other, { keyFile: true });
  await expect(openHomeStore(home, stranger)).rejects.toSatisfy(code('STORE_DAMAGED'));
  const again = await openHomeStore(home, keys);
  expect(await again.get(plainKey('name'))).toEqual(utf8('Alice'));
  await again.close();
});
