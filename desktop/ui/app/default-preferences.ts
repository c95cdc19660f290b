// What this person likes as long as the engine has not said it.
import type { Preferences } from '../../../core/window-api.ts';

/** What holds until the engine has told what this person likes. */
export const DEFAULT_PREFERENCES: Preferences = {
  appearance: 'system',
  contrast: 'system',
  motion: 'system',
  language: 'system',
  notifications: 'event',
  enterSends: true,
  lockAfterMs: 0,
};
