// Starts the thread of open-thread.ts the quick way: with the cache of compiled code it is up in two thirds of the time.
import '../base/compile-cache.js';

await import('./open-thread.ts');
