// The calls of the moment in a window without an engine: nobody types, nobody is here.
import type { WindowApi } from '../../../core/window-api.ts';

type Moments = Pick<WindowApi, 'typing' | 'presence' | 'watchPresence' | 'privacy' | 'setPrivacy'>;

/** A quiet world. */
export const moments: Moments = {
  typing: async () => ({}),
  presence: async () => ({ state: 'unknown', lastSeen: null }),
  watchPresence: async () => ({ state: 'unknown', lastSeen: null }),
  privacy: async () => ({ typing: true, presence: true }),
  setPrivacy: async ({ typing = true, presence = true }) => ({ typing, presence }),
};
