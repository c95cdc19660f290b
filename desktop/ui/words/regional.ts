// The language of the page as this person's system writes it: English with 29 November in Britain and November 29 in America.

/** The language with its region, where the system names one; for dates, never for words. @param system tags in the order of the system */
export function regional(language: string, system: readonly string[] = navigator.languages): string {
  return system.find((tag) => tag.startsWith(`${language}-`)) ?? language;
}
