// `npm run bench [ROW…] [--quick] [--json FILE]`: the rows of the issues' tables, each beside its reference in the same run. A ROW names every
// row that begins with it: `window` are all that need a browser.
// It judges by ratios and CPU time where it can: absolute rates belong to the machine and to what else runs on it.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Row, rowText } from './figures.ts';
import { machineLine } from './processes.ts';

type Measure = (quick: boolean) => Promise<Row>;

/** The rows by name; each module is loaded only when it is measured. */
const ROWS: Readonly<Record<string, Measure>> = {
  relay: async (quick) => (await import('./relay-appends.ts')).relayAppends(quick ? 2_000 : 4_000, quick ? 1 : 3),
  drain: async (quick) => (await import('./drain.ts')).drain(quick ? 2_000 : 10_000, quick ? 1 : 5),
  latency: async (quick) => (await import('./latency.ts')).latency(quick ? 12_000 : 25_000, quick ? 1 : 3),
  blobs: async (quick) => (await import('./blobs.ts')).blobs(quick ? 128 : 1_024, quick ? 1 : 3),
  read: async (quick) => (await import('./read.ts')).read(quick ? 20_000 : 100_000, quick ? 5 : 11),
  'window-list': async (quick) => (await import('./window-list.ts')).windowList(quick, quick ? 1 : 5),
  'window-scroll': async (quick) => (await import('./window-scroll.ts')).windowScroll(quick, quick ? 1 : 3),
  'window-keys': async (quick) => (await import('./window-keys.ts')).windowKeys(quick, quick ? 2_000 : 10_000, quick ? 1 : 3),
  'window-idle': async (quick) => (await import('./window-idle.ts')).windowIdle(quick, quick ? 1 : 3),
};

const USAGE = `npm run bench -- [ROW…] [--quick] [--json FILE]    rows: ${Object.keys(ROWS).join(', ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const fitting = (named: string) => Object.keys(ROWS).filter((name) => name === named || name.startsWith(`${named}-`));
const names = positionals.length === 0 ? Object.keys(ROWS) : positionals.flatMap(fitting);
if (values.help || positionals.some((named) => fitting(named).length === 0)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const started = performance.now();
const machine = machineLine();
console.log(`${machine}${values.quick ? '; quick: shorter runs, one pair each' : ''}\n`);
const rows: Row[] = [];
for (const name of names) {
  const row = await (ROWS[name] as Measure)(values.quick);
  rows.push(row);
  console.log(`${rowText(row)}\n`);
}
const seconds = Math.round((performance.now() - started) / 1_000);
console.log(`${seconds} s in all`);
if (values.json !== undefined) {
  await writeFile(
    values.json,
    `${JSON.stringify({ machine, quick: values.quick, at: new Date().toISOString(), seconds, rows }, null, 2)}\n`,
  );
}
process.exit(0);
