#!/usr/bin/env node
// The program `sotto`. Keeps what it loads small: a command that only reads should be there at once.
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
// Beside the code and not in the shared temporary folder, where others could lay code for us; unwritable is harmless.
enableCompileCache(join(root, 'node_modules', '.cache', 'sotto'));

const { processIo } = await import('./process-io.ts');
const { run } = await import('./run.ts');

const version = () => String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
// Everything is flushed and closed by now; a timer some library left behind must not hold the shell.
process.exit(await run(process.argv.slice(2), processIo(), () => import('../index.ts'), version));
