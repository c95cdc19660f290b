// Words of the window's frame and of the parts everything is made of, in German.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const app = {
  close: 'Schließen',
  back: 'Zurück',
  copy: 'Kopieren',
  copied: 'Kopiert',
  news: 'Neuigkeiten',
  showPassphrase: 'Eingabe zeigen',
  hidePassphrase: 'Eingabe verbergen',
} as const;
