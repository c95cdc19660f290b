#!/usr/bin/env node
// Starts `sotto-relay`: in a checkout from the sources, in a package, which has none, from the JavaScript that was made of them.
import { existsSync } from 'node:fs';

const sources = new URL('../relay/main.ts', import.meta.url);
await import(existsSync(sources) ? sources : new URL('../dist/relay/main.js', import.meta.url));
