// The words of one part of the page in the language of now. i18next does plurals and values; React escapes, so it must not.
import { createInstance } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { catalogues, type Language, type Namespace, type WordKey } from './catalogues.ts';

/** Says a sentence of a catalogue. `count` picks the plural. */
export type Say<N extends Namespace> = (key: WordKey<N>, values?: Readonly<Record<string, string | number>>) => string;

/** The one i18next of the page; main.tsx gives it to React. */
export const words = createInstance();
void words.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: catalogues,
  defaultNS: 'app',
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});

/** Languages that are written from right to left. */
const FROM_THE_RIGHT = new Set(['ar', 'fa', 'he', 'ur']);

/** The language to speak: what was chosen, else the first of the system's that there is. */
export function languageOf(chosen: 'system' | Language, system: readonly string[]): Language {
  if (chosen !== 'system') return chosen;
  const known = system.map((tag) => tag.slice(0, 2)).find((tag): tag is Language => Object.hasOwn(catalogues, tag));
  return known ?? 'en';
}

/** `rtl` or `ltr`, for the element that holds everything. */
export function directionOf(language: string): 'rtl' | 'ltr' {
  return FROM_THE_RIGHT.has(language.slice(0, 2)) ? 'rtl' : 'ltr';
}

/** The words of a namespace: `const t = useWords('conversation')`, then `t('send')`. The same function until the language changes. */
export function useWords<N extends Namespace>(namespace: N): Say<N> {
  const { t } = useTranslation(namespace, { i18n: words });
  return useCallback<Say<N>>((key, values) => (t as unknown as (key: string, values?: object) => string)(key, values), [t]);
}
