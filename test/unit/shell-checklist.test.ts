// Electron's 20 points of safety, one by one, against main as it is: started with a double of Electron, every name held to Electron's own types.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECKS, type Shell } from '../support/shell-checks.ts';
import { bundle, removeShell, startShell } from '../support/shell-source.ts';

let shell: Shell;
beforeAll(async () => {
  shell = { ...(await startShell()), preload: await bundle('desktop/main/preload.ts', 'cjs', null) };
});
afterAll(() => removeShell(shell));

describe('the shell is safe', () => {
  for (const check of CHECKS) test(`${check.point}: ${check.says}`, () => check.run(shell));

  test('16: the Electron it is built with is named exactly, and is of a line that is still mended', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    // A major every 8 weeks, three of them mended: what was new in November 2026.
    expect(Number(devDependencies.electron?.split('.')[0])).toBeGreaterThanOrEqual(45);
  });
});
