// Words of first-run, in English.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const firstRun = {
  opening: 'Opening …',
  failed: 'It could not be opened',
  unlock: 'Welcome back',
} as const;
