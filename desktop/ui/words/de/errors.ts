// Words of errors, in German.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const errors = {} as const;
