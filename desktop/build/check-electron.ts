// `npm run check:electron`: for whoever has Electron's binary, one command that runs the tests in it and says what it saw. Exit codes: 0 all well,
// 1 something is not, 3 there is no binary here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { electronProgram } from '../start.ts';
import { ROOT } from './packages.ts';

/** There is nothing to check with. */
const NO_BINARY = 3;

function check(): number {
  if (electronProgram(process.env, process.platform) === null) {
    process.stderr.write(
      'There is no Electron binary here: run `npx install-electron` where downloads are allowed, or set ELECTRON_OVERRIDE_DIST_PATH.\n',
    );
    return NO_BINARY;
  }
  const folder = mkdtempSync(join(tmpdir(), 'sotto-check-'));
  const saw = join(folder, 'saw');
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'electron'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, SOTTO_SAW: saw },
  });
  const lines = existsSync(saw) ? readFileSync(saw, 'utf8').trim().split('\n') : [];
  const rows = lines.map((line) => JSON.parse(line) as [string, unknown]);
  const width = Math.max(0, ...rows.map(([what]) => what.length));
  for (const [what, value] of rows)
    process.stdout.write(`${what.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? 0 : 1;
}

process.exitCode = check();
