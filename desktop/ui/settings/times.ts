// Days and sizes in plain words of the language.

const DAY_MS = 86_400_000;
/** Within so many days it is "3 days ago"; beyond, the date. */
const NEAR_DAYS = 6;

/** When something was, as people say it: today at 14:05, yesterday, 3 days ago, 4 November 2026. @param at ms @param now ms */
export function whenWords(at: number, now: number, language: string): string {
  const days = dayOf(now) - dayOf(at);
  const day = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (days === 0) return `${day.format(0, 'day')}, ${clock(at, language)}`;
  if (days > 0 && days <= NEAR_DAYS) return day.format(-days, 'day');
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(at);
}

/** Until when something holds: today, 14:05; tomorrow, 14:05; Sunday, 29 November. @param at ms @param now ms */
export function untilWords(at: number, now: number, language: string): string {
  const days = dayOf(at) - dayOf(now);
  if (days === 0 || days === 1) {
    const day = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day');
    return `${day}, ${clock(at, language)}`;
  }
  const isNear = days > 0 && days < 300;
  const how: Intl.DateTimeFormatOptions = isNear ? { weekday: 'long', day: 'numeric', month: 'long' } : { dateStyle: 'long' };
  return new Intl.DateTimeFormat(language, how).format(at);
}

/** A number of bytes: 812 kB, 1.4 GB. */
export function sizeWords(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** step;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}

function clock(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(at);
}

/** Number of the local day, so that two times of one day are equal. */
function dayOf(at: number): number {
  const day = new Date(at);
  return Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / DAY_MS);
}
