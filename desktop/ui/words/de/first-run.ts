// Words of first-run, in German.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const firstRun = {
  opening: 'Wird geöffnet …',
  failed: 'Es ließ sich nicht öffnen',
  unlock: 'Schön, dass du wieder da bist',
} as const;
