// Files of real people over a real relay: either dies in the middle, and the file arrives whole, under its name only when it is.
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallOutput } from '../../core/api.ts';
import { randomFile, temporaryFolder } from '../support/blobs.ts';
import { until } from '../support/net-wait.ts';
import { PersonOfTheirOwn, RelayOfItsOwn } from '../support/people-process.ts';
import { bySize } from '../support/size.ts';

const MIB = 1_048_576;
/** Large enough that half of it is never the whole. */
const SIZE = bySize({ usual: 48 * MIB, full: 512 * MIB, slow: 1_100 * MIB }) + 4_321;
const timeoutMs = 600_000;

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** A call that is made again for as long as its process dies of it. */
async function untilAnswered<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error && error.message === 'died')) throw error;
    }
  }
}

test('Alice and the relay are killed in the middle of a file that goes up, Bob and the relay of one that comes down', async () => {
  const folder = await temporaryFolder();
  const relay = await RelayOfItsOwn.start(join(folder, 'relay'), 'kill -9');
  const alice = await new PersonOfTheirOwn('Alice', join(folder, 'alice'), 'kill -9').start();
  const bob = await new PersonOfTheirOwn('Bob', join(folder, 'bob'), 'kill -9').start();
  for (const one of [alice, bob]) await one.call('addRelay', { relay: relay.address });
  const { path, content } = await randomFile(folder, 'film', SIZE);
  const id = '07'.repeat(16);
  const put = untilAnswered(() => alice.call('putBlob', { path, id, timeoutMs }));
  const parts = join(folder, 'relay', 'data', 'blobs', 'parts');
  const grown = async (where: string, name: RegExp, bytes: number) => {
    const found = (await readdir(where).catch(() => [])).find((one) => name.test(one));
    return found !== undefined && (await readFile(join(where, found)).catch(() => [])).length >= bytes;
  };
  await until(() => grown(parts, /./, 4 * MIB), 'some of it is at the relay', timeoutMs);
  await relay.die();
  await until(() => grown(parts, /./, 4 * MIB), 'some of it is at the next relay', timeoutMs);
  await alice.die();
  const blob: CallOutput<'putBlob'> = await put;
  expect(blob.size).toBe(SIZE);
  const target = join(folder, 'film of Alice');
  const got = untilAnswered(() => bob.call('getBlob', { ...blob, path: target, timeoutMs }));
  await until(() => grown(folder, /^\.film of Alice\..*\.part$/, 2 * MIB), 'some of it is at Bob', timeoutMs);
  await bob.die();
  await relay.die();
  expect(await isThere(target)).toBe(false);
  await got;
  expect(Buffer.compare(await readFile(target), content)).toBe(0);
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
}, 900_000);

test('what is no blob of this key, is not there, or has a name already leaves no file', async () => {
  const folder = await temporaryFolder();
  const relay = await RelayOfItsOwn.start(join(folder, 'relay'), 'kill -9');
  const alice = await new PersonOfTheirOwn('Alice', join(folder, 'alice'), 'kill -9').start();
  const { path, content } = await randomFile(folder, 'note', 300_000);
  await expect(alice.call('putBlob', { path, id: null, timeoutMs: 5_000 })).rejects.toThrow('There is no relay yet');
  await alice.call('addRelay', { relay: relay.address });
  const blob = await alice.call('putBlob', { path, id: null, timeoutMs });
  const target = join(folder, 'copy');
  const get = (other: Partial<CallOutput<'putBlob'>>) => alice.call('getBlob', { ...blob, ...other, path: target, timeoutMs: 30_000 });
  await expect(get({ key: '00'.repeat(32) })).rejects.toThrow('not what was sealed');
  await expect(get({ size: 200_000 })).rejects.toThrow('another size');
  await expect(get({ address: '00'.repeat(32) })).rejects.toThrow('NOT_FOUND');
  expect(await isThere(target)).toBe(false);
  await get({});
  expect(Buffer.compare(await readFile(target), content)).toBe(0);
  await expect(get({})).rejects.toThrow('already');
  await writeFile(path, 'another note');
  expect((await alice.call('putBlob', { path, id: null, timeoutMs })).address).not.toBe(blob.address);
}, 120_000);
