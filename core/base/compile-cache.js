// Turns on Node's cache of compiled code, before any TypeScript is loaded. Plain JavaScript: loading the type stripper alone costs
// some 40 ms, and with the cache on it is never loaded again. The cache lies beside the code and not in the shared temporary folder,
// where others could lay code for us; a folder that cannot be written is harmless.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'sotto'));
