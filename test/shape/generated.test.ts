// The generated code is what the schema says: running the generator again gives the same bytes.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from './source.ts';

const GENERATED = 'core/wire/gen';

async function contents(root: string): Promise<Record<string, string>> {
  const names = (await readdir(join(root, GENERATED))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(root, GENERATED, name), 'utf8')));
  return Object.fromEntries(names.map((name, at) => [name, texts[at] ?? '']));
}

test('running the generator on the schema changes nothing', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'sotto-generated-'));
  try {
    const bin = join(ROOT, 'node_modules', '.bin');
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` };
    await promisify(execFile)(join(bin, 'buf'), ['generate', '--output', fresh], { cwd: ROOT, env });
    expect(await contents(ROOT)).toEqual(await contents(fresh));
  } finally {
    await rm(fresh, { recursive: true });
  }
});
