// Row 4: the whole process `sotto read bob --limit 50` on a home with a long history, less what bare Node costs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, type Row, spread } from './figures.ts';
import type { PrepareInput, PrepareOutput } from './prepare.ts';
import { ask, inFolder, startRelay } from './processes.ts';
import type { HistoryInput } from './read-prepare.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The row. @param messages stored @param pairs of one start with bare Node */
export function read(messages: number, pairs: number): Promise<Row> {
  return inFolder(async (folder) => {
    const home = await prepare(folder, messages);
    const program = await programPath();
    const sotto = [program, 'read', 'Bob', '--limit', '50', '--home', home];
    const [node, text, json]: [number[], number[], number[]] = [[], [], []];
    for (let pair = -1; pair < pairs; pair++) {
      const took = [await timeOf(['-e', '0'], 0), await timeOf(sotto, 50), await timeOf([...sotto, '--json'], 50)] as const;
      if (pair < 0) continue; // the first start fills the caches of compiled code and of the disk
      node.push(took[0]);
      text.push(took[1] - took[0]);
      json.push(took[2] - took[0]);
    }
    return {
      name: 'read',
      title: `sotto read with ${messages.toLocaleString('en')} stored messages, beyond bare Node`,
      conditions: `whole processes: ${program.slice(ROOT.length)} read Bob --limit 50, home with a key file (no KDF), less node -e 0 beside it`,
      figures: [figure('read, text', 'ms', text), figure('read, --json', 'ms', json), figure('node -e 0', 'ms', node)],
      targets: [
        { label: 'beyond bare Node', unit: 'ms', value: spread(text).median, better: 'less', must: 300, aim: 150 },
        { label: 'beyond bare Node, --json', unit: 'ms', value: spread(json).median, better: 'less', must: 300, aim: 150 },
      ],
    } satisfies Row;
  });
}

/** Two people in touch by the product itself; then Alice's history is written by the product's own code for keeping what was opened. */
async function prepare(folder: string, messages: number): Promise<string> {
  const relay = await startRelay(join(folder, 'relay'));
  try {
    await ask<PrepareOutput>('prepare.ts', { folder, relay: relay.address, messages: 0 } satisfies PrepareInput);
  } finally {
    await relay.stop();
  }
  const home = join(folder, 'alice');
  await ask('read-prepare.ts', { home, messages } satisfies HistoryInput);
  return home;
}

async function programPath(): Promise<string> {
  const { bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly bin: { readonly sotto: string } };
  return join(ROOT, bin.sotto);
}

async function timeOf(args: readonly string[], least: number): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let lines = 0;
  child.stdout.on('data', (piece: Buffer) => {
    lines += piece.toString().split('\n').length - 1;
  });
  const [code] = (await once(child, 'close')) as [number];
  const took = performance.now() - start;
  if (code !== 0 || lines < least) throw new Error(`${args.slice(1, 3).join(' ')} ended with ${code} after ${lines} lines`);
  return took;
}
