// The end of the demo: the two tables, and whether all is well. Prints nothing that it was not given.
import type { Evidence, Place } from './evidence.ts';
import { kilobytes, type Screen } from './print.ts';
import { FRAGMENT } from './search.ts';
import type { Verdict, Way } from './verdict.ts';

/** LevelDB cuts its log into blocks, and a fragment across a cut is not found as it stands: the least share that must be. */
const LEAST_IN_LEVEL = 0.9;

/** Prints the verdict. @returns true when nothing is wrong */
export function report(screen: Screen, verdict: Verdict, evidence: Evidence): boolean {
  screen.heading('What the two stores say');
  screen.table(waysTable(verdict.ways));
  screen.heading('What the files hold of the text');
  screen.table(placesTable(evidence));
  screen.tell(...searchWords(evidence));
  const faults = [...verdict.faults, ...faultsOf(evidence)];
  const sent = verdict.ways.reduce((sum, way) => sum + way.sent, 0);
  if (faults.length === 0)
    screen.verdict(true, `Sent ${sent}, received ${sent}: nothing lost, doubled, changed or out of order, and nothing kept in clear.`);
  else screen.verdict(false, 'Something is wrong:');
  screen.tell(...faults);
  return faults.length === 0;
}

/** What the search says against the programs, or against itself. */
export function faultsOf({ fragments, places, controls }: Evidence): readonly string[] {
  const clear = places
    .filter(({ found }) => found.size > 0)
    .map(({ what, found }) => `${what} holds ${found.size} fragments of the text in clear`);
  const empty = places.filter(({ files }) => files === 0).map(({ what }) => `${what}: there was nothing to search`);
  const [file, level] = controls;
  const blind =
    isSeen(file, fragments) && isSeen(level, fragments * LEAST_IN_LEVEL) ? [] : ['the search does not find text that lies in clear'];
  return [...clear, ...empty, ...blind];
}

function isSeen(control: Place | undefined, least: number): boolean {
  return control !== undefined && control.found.size >= least;
}

function waysTable(ways: readonly Way[]): readonly (readonly string[])[] {
  const row = (title: string, cell: (way: Way) => string | number) => [title, ...ways.map((way) => String(cell(way)))];
  return [
    row('', ({ from, to }) => `${from} to ${to}`),
    row('sent', ({ sent }) => sent),
    row('received', ({ received }) => received),
    row('lost', ({ lost }) => lost),
    row('doubled', ({ doubled }) => doubled),
    row('out of order', ({ outOfOrder }) => outOfOrder),
    row('that nobody wrote', ({ invented }) => invented),
    row(
      'states at the author',
      ({ states }) =>
        Object.entries(states)
          .map(([state, count]) => `${count} ${state}`)
          .join(', ') || 'none',
    ),
  ];
}

function placesTable({ fragments, places, controls }: Evidence): readonly (readonly string[])[] {
  const row = ({ what, files, bytes, found }: Place) => [what, String(files), kilobytes(bytes), `${found.size} of ${fragments}`];
  return [['', 'files', 'size', 'fragments found'], ...places.map(row), ...controls.map(row)];
}

function searchWords({ tooShort, before }: Evidence): readonly string[] {
  return [
    `Searched: every byte of every file, for each ${FRAGMENT} characters of every line, as UTF-8, UTF-16, hex and base64. No store compresses.`,
    ...(tooShort === 0 ? [] : [`${tooShort} lines are too short to be looked for: so few bytes stand somewhere by chance.`]),
    ...(before === 0 ? [] : [`${before} fragments stood in the files before a word was said and are left out.`]),
  ];
}
