// A program for the tests of power loss: does one kind of writing in a folder and says on its standard output what it holds for kept.
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { utf8 } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { plainKey } from '../../core/store/keys.ts';
import { LevelStore } from '../../core/store/level.ts';
import { addSlot, createVault } from '../../core/store/vault.ts';

const [, , what = '', folder = '', start = '0'] = process.argv;

const programs: Record<string, () => Promise<void>> = {
  plain: () => file(false),
  synced: () => file(true),
  overwrite,
  'replace-unsynced': () => replace(false),
  'replace-synced': () => replace(true),
  remove,
  'level-unsynced': () => level(false),
  'level-synced': () => level(true),
  store,
  'store-full': storeFull,
  vault,
};

await programs[what]?.();
say('done');
// Stays until its power is cut.
setInterval(() => undefined, 1000);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function file(sync: boolean): Promise<void> {
  const handle = await open(join(folder, 'file'), 'w');
  await handle.write('first ');
  if (sync) await handle.sync();
  await handle.write('second');
}

async function overwrite(): Promise<void> {
  const handle = await open(join(folder, 'file'), 'w+');
  await handle.write('0123456789');
  await handle.datasync();
  await handle.write('abcd', 3);
  await handle.truncate(8);
  say(`sees ${(await handle.read(Buffer.alloc(20), 0, 20, 0)).buffer.toString().replaceAll('\0', '')}`);
}

async function replace(sync: boolean): Promise<void> {
  await writeSynced('file', 'old');
  const handle = await open(join(folder, 'file.tmp'), 'w');
  await handle.write('new');
  if (sync) await handle.sync();
  await handle.close();
  await rename(join(folder, 'file.tmp'), join(folder, 'file'));
  if (sync) await syncFolder();
}

async function remove(): Promise<void> {
  for (const name of ['kept', 'gone']) await writeSynced(name, name);
  await unlink(join(folder, 'gone'));
  await syncFolder();
  await unlink(join(folder, 'kept'));
}

async function writeSynced(name: string, text: string): Promise<void> {
  const handle = await open(join(folder, name), 'w');
  await handle.write(text);
  await handle.sync();
  await handle.close();
}

async function syncFolder(): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

/** Bare LevelDB: 40 values of 64 KiB, enough for several files and compactions. */
async function level(sync: boolean): Promise<void> {
  const db = new ClassicLevel(join(folder, 'db'), { writeBufferSize: 256 * 1024 });
  await db.open();
  for (let n = 0; n < 40; n += 1) {
    await db.put(`${n}`.padStart(4, '0'), `${n} `.padEnd(65_536, 'x'), { sync });
    say(`kept ${n}`);
  }
}

/** The house's own store, until the power goes. */
async function store(): Promise<void> {
  const mine = new LevelStore(join(folder, 'store'));
  await mine.open();
  for (let n = Number(start); n < Number(start) + 100_000; n += 1) {
    await mine.commit([
      { key: plainKey('n', [], [n]), value: new Uint8Array(3000).fill(n) },
      { key: plainKey('last'), value: utf8(`${n}`) },
    ]);
    say(`kept ${n}`);
  }
}

/** Goes on writing while the disk refuses, and says of each commit whether it was taken. */
async function storeFull(): Promise<void> {
  const mine = new LevelStore(join(folder, 'store'));
  await mine.open();
  for (let n = Number(start); n < Number(start) + 100_000; n += 1) {
    try {
      await mine.commit([{ key: plainKey('n', [], [n]), value: new Uint8Array(3000).fill(n) }]);
      say(`kept ${n}`);
    } catch (error) {
      say(isSottoError(error, 'STORE_FAILED') ? `refused ${n}` : `strange ${n}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** A vault by key file, whose passphrase is then changed again and again. */
async function vault(): Promise<void> {
  const home = join(folder, 'home');
  await createVault(home, { keyFile: true });
  for (let n = 0; n < 1000; n += 1) {
    await addSlot(home, {}, { passphrase: `passphrase ${n}`, cost: { n: 2, r: 1, p: 1 } });
    say(`kept ${n}`);
  }
}
