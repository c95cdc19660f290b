#!/usr/bin/env node
// Starts `sotto` the quick way: main.ts does the same, and costs the type stripper at every start.
import '../base/compile-cache.js';

await import('./main.ts');
