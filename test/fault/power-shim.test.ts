// The power loss of our tests, tested itself: what was synced stays, what was not goes, and the same writer shows both.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { describe, expect, test } from 'vitest';
import { canCutPower, type PoweredProcess, spawnWithPower } from '../support/power.ts';
import { Lines } from '../support/power-lines.ts';
import { temporaryFolder } from '../support/store-files.ts';

const WRITER = join(import.meta.dirname, '..', 'support', 'power-writer.ts');

describe.runIf(canCutPower())('when the power goes', () => {
  test('bytes written without a sync are gone, bytes synced before stay', async () => {
    const plain = await run('plain');
    expect(readFileSync(join(plain.folder, 'file'), 'utf8')).toBe('first second');
    await plain.power.powerCut();
    expect(readdirSync(plain.folder)).toEqual([]);
    const synced = await run('synced');
    expect(readFileSync(join(synced.folder, 'file'), 'utf8')).toBe('first second');
    await synced.power.powerCut();
    expect(readFileSync(join(synced.folder, 'file'), 'utf8')).toBe('first ');
  });

  test('the process itself sees what it wrote; an overwritten and cut file has its synced bytes again afterwards', async () => {
    const { folder, power, lines } = await run('overwrite');
    expect(lines.all).toContain('sees 012abcd7');
    await power.powerCut();
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('0123456789');
  });

  test('a replaced file is the old one until its folder is synced', async () => {
    const unsynced = await run('replace-unsynced');
    await unsynced.power.powerCut();
    expect(readFileSync(join(unsynced.folder, 'file'), 'utf8')).toBe('old');
    const synced = await run('replace-synced');
    await synced.power.powerCut();
    expect(readFileSync(join(synced.folder, 'file'), 'utf8')).toBe('new');
  });

  test('a seed lets the rename survive without the bytes: the old trap of replacing without a sync', async () => {
    const seen: string[] = [];
    for (const seed of [6, 7, 8, 9]) {
      const { folder, power } = await run('replace-unsynced');
      await power.powerCut(seed);
      seen.push(readFileSync(join(folder, 'file'), 'utf8'));
    }
    expect(seen).toEqual(['old', '', 'ne', 'new']);
  });

  test('a removed file is back until its folder is synced', async () => {
    const { folder, power } = await run('remove');
    expect(readdirSync(folder)).toEqual([]);
    await power.powerCut();
    expect(readdirSync(folder)).toEqual(['kept']);
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('kept');
  });

  test('LevelDB without sync loses what it answered, with sync nothing', async () => {
    for (const seed of [undefined, 1, 2, 3]) {
      const careless = await run('level-unsynced');
      await careless.power.powerCut(seed);
      const lost = await missing(careless.folder, careless.lines.kept());
      if (seed === undefined) expect(lost.length).toBeGreaterThan(0);
      const careful = await run('level-synced');
      await careful.power.powerCut(seed);
      expect(careful.lines.kept()).toHaveLength(40);
      expect(await missing(careful.folder, careful.lines.kept())).toEqual([]);
    }
  });
});

interface Run {
  readonly folder: string;
  readonly power: PoweredProcess;
  readonly lines: Lines;
}

async function run(what: string): Promise<Run> {
  const folder = join(temporaryFolder(), 'disk');
  const power = spawnWithPower(process.execPath, [WRITER, what, folder], folder, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = new Lines(power.process);
  await lines.until((line) => line === 'done');
  return { folder, power, lines };
}

/** Which of the numbers that bare LevelDB answered for are not there. */
async function missing(folder: string, kept: readonly number[]): Promise<number[]> {
  const db = new ClassicLevel(join(folder, 'db'));
  await db.open();
  const values = await db.getMany(kept.map((n) => `${n}`.padStart(4, '0')));
  await db.close();
  return kept.filter((n, i) => values[i] !== `${n} `.padEnd(65_536, 'x'));
}
