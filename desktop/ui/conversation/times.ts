// Times as people read them, by the language of the page and the clock of this device. Formatters are dear and so made once a language.
import { regional } from '../words/regional.ts';

const FORMATS = {
  clock: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  yearDay: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  weekday: { weekday: 'short' },
  date: { day: '2-digit', month: '2-digit', year: '2-digit' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  full: { dateStyle: 'medium', timeStyle: 'medium' },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

const made = new Map<string, Intl.DateTimeFormat>();

function formatted(language: string, at: number, name: keyof typeof FORMATS): string {
  const key = `${name} ${language}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(regional(language), FORMATS[name]);
  made.set(key, format);
  // A hostile clock may say what no calendar has.
  return Math.abs(at) <= MOST_TIME ? format.format(at) : '–';
}

/** Farthest time there is, ms (ECMA-262, 21.4.1.1). */
const MOST_TIME = 8.64e15;

/** Local days between two times; 1: `at` was yesterday. */
export function daysAgo(at: number, now: number): number {
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
}

/** `14:05`. */
export function clockTime(language: string, at: number): string {
  return formatted(language, at, 'clock');
}

/** `Friday, 20 November`, with the year where it is not this one. */
export function dayName(language: string, at: number, now: number): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return formatted(language, at, isThisYear ? 'day' : 'yearDay');
}

/** As short as a list wants it: a clock today, a weekday within the week, else a date. Null: yesterday, which has a word. */
export function shortTime(language: string, at: number, now: number): string | null {
  const days = daysAgo(at, now);
  if (days === 0) return clockTime(language, at);
  if (days === 1) return null;
  if (days > 1 && days < 7) return formatted(language, at, 'weekday');
  return formatted(language, at, 'date');
}

/** Day and clock. */
export function momentTime(language: string, at: number): string {
  return formatted(language, at, 'moment');
}

/** Everything, to the second. */
export function fullTime(language: string, at: number): string {
  return formatted(language, at, 'full');
}
