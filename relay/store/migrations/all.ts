// Every migration in its order. One for a new layout is a file of its own, 002-what-it-does.ts and so on, named for the layout it leads to, and a line
// here; the frozen store of the layout before it (test/vectors/relay-store) stays as it is. A new kind of record needs none: old ones do not change.
import type { Migration } from './migration.ts';

/** `MIGRATIONS[n]` leads from layout n + 1 to n + 2. */
export const MIGRATIONS: readonly Migration[] = [];
