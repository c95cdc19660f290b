#!/usr/bin/env node
// Starts `sotto`: in a checkout from the sources, in a package, which has none, from the JavaScript that was made of them.
import { existsSync } from 'node:fs';

const sources = new URL('../core/cli/start.js', import.meta.url);
await import(existsSync(sources) ? sources : new URL('../dist/core/cli/start.js', import.meta.url));
