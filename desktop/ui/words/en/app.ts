// Words of the window's frame and of the parts everything is made of, in English.

/** One entry a sentence; values stand in {{braces}}, plurals end in _one and _other. */
export const app = {
  close: 'Close',
  back: 'Back',
  copy: 'Copy',
  copied: 'Copied',
  news: 'News',
  showPassphrase: 'Show what is typed',
  hidePassphrase: 'Hide what is typed',
} as const;
