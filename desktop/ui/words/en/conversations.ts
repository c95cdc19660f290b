// Words of conversations, in English.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const conversations = {} as const;
