// The peer's store when the power goes and when the disk refuses: what commit answered for is there, whole, ever after.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { orderOf, plainKey, rangeOf } from '../../core/store/keys.ts';
import { LevelStore } from '../../core/store/level.ts';
import { openVault } from '../../core/store/vault.ts';
import { canCutPower, cutPower, type DiskFault, setDiskFault, spawnWithPower } from '../support/power.ts';
import { Lines } from '../support/power-lines.ts';
import { temporaryFolder } from '../support/store-files.ts';

const WRITER = join(import.meta.dirname, '..', 'support', 'power-writer.ts');
const CUTS = process.env.SLOW === '1' ? 100 : 5;

describe.runIf(canCutPower())('the store of a peer', () => {
  test('has every answered commit after any number of power losses, and no half of one', async () => {
    const folder = join(temporaryFolder(), 'disk');
    const kept: number[] = [];
    for (let cut = 0; cut < CUTS; cut += 1) {
      const enough = 1 + ((cut * 397) % 1500);
      kept.push(...(await writeUntil(folder, 'store', kept.length, (lines) => lines.kept().length >= enough)));
      await cutPower(folder, cut === 0 ? undefined : cut);
      const found = await contents(folder);
      expect(found.numbers).toEqual(kept.concat(found.numbers.slice(kept.length)));
      expect(found.last).toBe(found.numbers.at(-1));
      // A commit that was not answered may have been kept: the answer was lost, not the commit.
      kept.push(...found.numbers.slice(kept.length));
    }
  });

  test('is there after a power loss right behind the very first commit', async () => {
    const folder = join(temporaryFolder(), 'disk');
    await writeUntil(folder, 'store', 0, (lines) => lines.kept().length > 0);
    await cutPower(folder);
    expect((await contents(folder)).numbers).toContain(0);
  });

  test.each<DiskFault>(['full', 'broken-sync'])(
    'refuses while the disk is "%s", takes up again by itself, and loses nothing it answered for',
    async (fault) => {
      const folder = join(temporaryFolder(), 'disk');
      const { power, lines } = start(folder, 'store-full', 0);
      for (const round of [1, 2, 3]) {
        const before = lines.kept().length;
        await lines.until(() => lines.kept().length > before + 20);
        setDiskFault(folder, fault, true);
        await lines.until(() => lines.refused() >= 3 * round);
        const atFault = lines.kept().length;
        setDiskFault(folder, fault, false);
        await lines.until(() => lines.kept().length > atFault + 20);
      }
      await power.powerCut(7);
      expect(lines.all.filter((line) => line.startsWith('strange'))).toEqual([]);
      const found = new Set((await contents(folder)).numbers);
      expect(lines.kept().filter((n) => !found.has(n))).toEqual([]);
    },
  );
});

describe.runIf(canCutPower())('the vault of a home', () => {
  test('opens after any power loss, with the passphrase last answered for or the one being written', async () => {
    for (let seed = 0; seed < CUTS; seed += 1) {
      const folder = join(temporaryFolder(), 'disk');
      const kept = await writeUntil(folder, 'vault', 0, (lines) => lines.kept().length > 3 * seed);
      await cutPower(folder, seed === 0 ? undefined : seed);
      const home = join(folder, 'home');
      const keys = await openVault(home);
      const tries = [kept.length - 1, kept.length].map((n) => openVault(home, { passphrase: `passphrase ${n}` }).catch(() => null));
      expect(await Promise.all(tries)).toContainEqual(keys);
    }
  });
});

function start(folder: string, what: string, from: number): { power: ReturnType<typeof spawnWithPower>; lines: Lines } {
  const power = spawnWithPower(process.execPath, [WRITER, what, folder, `${from}`], folder, { stdio: ['ignore', 'pipe', 'inherit'] });
  return { power, lines: new Lines(power.process) };
}

/** Runs the writer until enough is kept, kills it, and tells what it had answered for. */
async function writeUntil(folder: string, what: string, from: number, enough: (lines: Lines) => boolean): Promise<readonly number[]> {
  const { power, lines } = start(folder, what, from);
  await lines.until(() => enough(lines));
  const gone = new Promise((resolve) => power.process.once('close', resolve));
  power.process.kill('SIGKILL');
  await gone;
  return lines.kept();
}

async function contents(folder: string): Promise<{ numbers: number[]; last: number }> {
  const store = new LevelStore(join(folder, 'store'));
  await store.open();
  const pairs = await Array.fromAsync(store.range(rangeOf('n')));
  const last = await store.get(plainKey('last'));
  await store.close();
  expect(pairs.every(({ value, key }) => value.length === 3000 && value[0] === ((orderOf(key)[0] ?? 0) & 0xff))).toBe(true);
  return { numbers: pairs.map(({ key }) => orderOf(key)[0] ?? -1), last: Number(new TextDecoder().decode(last ?? undefined)) };
}
