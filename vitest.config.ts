// Which tests run together. `fast` is everything without processes that are killed; `whole` are the faults and the journeys; `alone` those
// of them that bear nobody beside them; `window` are the journeys in a real browser, skipped where there is none.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const slow = process.env.SLOW === '1';
const full = slow || process.env.FULL === '1';

// The programs that tests start, some hundred of them, need not compile the same modules again each time. Here, it is theirs as well.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'sotto-tests');

/** Held to a second or two, to a few megabytes, or working on the folder of the built page: a busy neighbour would be blamed on them. */
const alone = ['test/fault/{line-weather,net-attacks}.test.ts', 'test/journey/{relay-memory,page-build}.test.ts'];

/** Left by `npm test` to `npm run test:full`, which CI always runs: an operator's days, blobs through deaths, every screen. Many seconds each. */
const onlyFull = full
  ? []
  : [
      'test/fault/{blob*,net-tcp,relay-backup}.test.ts',
      'test/journey/relay-{backup,operation}.test.ts',
      'test/journey/window-{scenes,screens}.test.ts',
    ];

export default defineConfig({
  test: {
    // Native modules (libsignal, LevelDB) and process-wide listeners: processes, and one per file where programs start, die and are measured.
    // Two, because small machines have two cores.
    pool: 'forks',
    maxWorkers: 2,
    // A test that needs a second try hides a race.
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/{unit,contract,property,vectors,shape}/**/*.test.ts'],
          // What libp2p and libsignal take to load is paid once a process and not for each of a hundred files. Nobody leaves anything behind.
          isolate: false,
          // A third of their time they wait for sockets and disks.
          maxWorkers: 3,
          restoreMocks: true,
          unstubGlobals: true,
          testTimeout: slow ? 300_000 : 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/{fault,journey}/**/*.test.ts'],
          exclude: ['test/journey/window-*.test.ts', ...alone, ...onlyFull],
          testTimeout: slow ? 900_000 : 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'window',
          include: ['test/journey/window-*.test.ts'],
          exclude: onlyFull,
          globalSetup: ['test/support/window-setup.ts'],
          // As patient as a window's other waits: on a busy machine a page takes more than vitest's second.
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
