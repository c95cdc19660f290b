#!/usr/bin/env node
// The program `sotto`. Keeps what it loads small: a command that only reads should be there at once.
import '../base/compile-cache.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { processIo } = await import('./process-io.ts'); // after the cache is on
const { run } = await import('./run.ts');

const packageFile = join(import.meta.dirname, '..', '..', 'package.json');
const version = () => String(JSON.parse(readFileSync(packageFile, 'utf8')).version);
// Everything is flushed and closed by now; a timer that some library left behind must not hold the shell.
process.exit(await run(process.argv.slice(2), processIo(), () => import('../index.ts'), version));
