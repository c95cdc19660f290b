// LevelDB as a store: who may open it, and what its errors become.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { utf8 } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { plainKey } from '../../core/store/keys.ts';
import { LevelStore } from '../../core/store/level.ts';
import { temporaryFolder } from '../support/store-files.ts';

test('a second store on the same folder is STORE_LOCKED until the first closes', async () => {
  const folder = join(temporaryFolder(), 'store');
  const [first, second] = [new LevelStore(folder), new LevelStore(folder)];
  await first.open();
  await expect(second.open()).rejects.toSatisfy((error) => isSottoError(error, 'STORE_LOCKED'));
  await first.close();
  await second.open();
  await second.close();
});

test("its folder is the owner's alone", async () => {
  const folder = join(temporaryFolder(), 'store');
  const store = new LevelStore(folder);
  await store.open();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await store.close();
});

test("a folder that cannot be made is STORE_FAILED with the system's error as cause", async () => {
  const path = join(temporaryFolder(), 'a file');
  writeFileSync(path, 'in the way');
  const error: unknown = await new LevelStore(join(path, 'store')).open().catch((reason: unknown) => reason);
  expect(isSottoError(error, 'STORE_FAILED')).toBe(true);
  expect(error instanceof Error && error.cause).toMatchObject({ code: 'ENOTDIR' });
});

test('a garbled store is STORE_DAMAGED, and stays as it is', async () => {
  const folder = temporaryFolder();
  const store = new LevelStore(folder);
  await store.open();
  await store.commit([{ key: plainKey('a'), value: utf8('x') }]);
  await store.close();
  writeFileSync(join(folder, 'CURRENT'), 'nonsense');
  await expect(store.open()).rejects.toSatisfy((error) => isSottoError(error, 'STORE_DAMAGED'));
  await expect(store.get(plainKey('a'))).rejects.toSatisfy((error) => isSottoError(error, 'CLOSED'));
});
