// Words of settings, in German.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const settings = {} as const;
