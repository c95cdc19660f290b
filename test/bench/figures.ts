// Numbers of a bench: medians with their spread, the row they make, and how both are shown. Measures nothing itself.

/** Several measurements of one thing. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

/** One measured thing of a row. */
export interface Figure extends Spread {
  readonly label: string;
  readonly unit: string;
}

/** What the issue asks of a row. `value` reaches a bound from above or from below. */
export interface Target {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly better: 'more' | 'less';
  readonly must?: number;
  readonly aim: number;
}

/** One row of the bench. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** Sizes, depths and processes: what somebody needs to run it again. */
  readonly conditions: string;
  readonly figures: readonly Figure[];
  readonly targets: readonly Target[];
}

/** Median, least and most. @throws TypeError for no values */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) throw new TypeError('nothing was measured');
  return { median: percentile(sorted, 0.5), least, most, runs: sorted.length };
}

/** A value of sorted ones; the median of an even number lies between two. @param share 0..1 */
export function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}

/** A figure of a row. */
export function figure(label: string, unit: string, values: readonly number[]): Figure {
  return { label, unit, ...spread(values) };
}

/** Each of ours over its own neighbour's, so that what slows the machine for a while slows both. */
export function ratios(ours: readonly number[], reference: readonly number[]): number[] {
  return ours.map((value, at) => value / (reference[at] ?? Number.NaN));
}

/** A row as text. */
export function rowText(row: Row): string {
  const width = Math.max(...row.figures.map(({ label }) => label.length));
  const figures = row.figures.map((one) => {
    const range = one.runs === 1 ? '1 run' : `${shown(one.least)} to ${shown(one.most)}, ${one.runs} runs`;
    return `  ${one.label.padEnd(width)}  ${shown(one.median).padStart(9)} ${one.unit.padEnd(6)} (${range})`;
  });
  return [`${row.name}: ${row.title}`, `  ${row.conditions}`, ...figures, ...row.targets.map(targetText)].join('\n');
}

function targetText({ label, unit, value, better, must, aim }: Target): string {
  const sign = better === 'more' ? '>=' : '<=';
  const reaches = (bound: number) => (better === 'more' ? value >= bound : value <= bound);
  const verdict = reaches(aim) ? 'aim reached' : must === undefined ? 'below the aim' : reaches(must) ? 'must reached' : 'NOT REACHED';
  const bounds = must === undefined ? `aim ${sign} ${aim}` : `must ${sign} ${must}, aim ${sign} ${aim}`;
  return `  -> ${label}: ${shown(value)} ${unit} (${bounds}): ${verdict}`;
}

function shown(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
