// Puts what this person and the system want upon the page: light or dark, contrast, motion, language and its direction.
import { useEffect } from 'react';
import type { Preferences } from '../../../core/window-api.ts';
import { directionOf, languageOf, words } from '../words/use-words.ts';

const MORE = window.matchMedia('(prefers-contrast: more)');
const LESS = window.matchMedia('(prefers-reduced-motion: reduce)');

/** Keeps the page as it is wanted. */
export function useAppearance(preferences: Preferences): void {
  useEffect(() => {
    const apply = () => applyAppearance(preferences);
    apply();
    MORE.addEventListener('change', apply);
    LESS.addEventListener('change', apply);
    window.addEventListener('languagechange', apply);
    return () => {
      MORE.removeEventListener('change', apply);
      LESS.removeEventListener('change', apply);
      window.removeEventListener('languagechange', apply);
    };
  }, [preferences]);
}

/** Once, now. */
function applyAppearance({ appearance, contrast, motion, language }: Preferences): void {
  const root = document.documentElement;
  set(root, 'appearance', appearance === 'system' ? null : appearance);
  set(root, 'contrast', contrast === 'more' || MORE.matches ? 'more' : null);
  set(root, 'motion', motion === 'less' || LESS.matches ? 'less' : null);
  const spoken = languageOf(language, navigator.languages);
  root.lang = spoken;
  root.dir = new URLSearchParams(location.search).get('dir') === 'rtl' ? 'rtl' : directionOf(spoken);
  if (words.language !== spoken) void words.changeLanguage(spoken);
}

function set(root: HTMLElement, name: string, value: string | null): void {
  if (value === null) delete root.dataset[name];
  else root.dataset[name] = value;
}
