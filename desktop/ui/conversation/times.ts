// Times as people read them, by the language of the page and the clock of this device. Formatters are dear and so made once a language.

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(language: string, at: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(regional(language), options);
  formats.set(key, format);
  // A hostile clock may say what no calendar has.
  return Number.isFinite(new Date(at).getTime()) ? format.format(at) : '–';
}

/** The language as this person's system writes it: English with a clock of 24 hours in Britain. */
function regional(language: string): string {
  return navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language;
}

/** Local days between two times; 1: `at` was yesterday. */
export function daysAgo(at: number, now: number): number {
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
}

/** `14:05`. */
export function clockTime(language: string, at: number): string {
  return formatted(language, at, { hour: '2-digit', minute: '2-digit' });
}

/** `Friday, 20 November`, with the year where it is not this one. */
export function dayName(language: string, at: number, now: number): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return formatted(language, at, { weekday: 'long', day: 'numeric', month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/** As short as a list wants it: a clock today, a weekday within the week, else a date. Null: yesterday, which has a word. */
export function shortTime(language: string, at: number, now: number): string | null {
  const days = daysAgo(at, now);
  if (days === 0) return clockTime(language, at);
  if (days === 1) return null;
  if (days > 1 && days < 7) return formatted(language, at, { weekday: 'short' });
  return formatted(language, at, { day: '2-digit', month: '2-digit', year: '2-digit' });
}

/** Everything, to the second. */
export function fullTime(language: string, at: number): string {
  return formatted(language, at, { dateStyle: 'medium', timeStyle: 'medium' });
}
