// The calls of the moment in a window without an engine: who is here as the people of the scene say, and what is told reaches nobody.
import { SottoError } from '../../../core/base/errors.ts';
import type { WindowApi, WindowEvent } from '../../../core/window-api.ts';
import type { Talk } from './talk.ts';

type Calls = Pick<WindowApi, 'typing' | 'presence' | 'watchPresence' | 'privacy' | 'setPrivacy'>;

/** Over these people, by account; both ways, as the real ones. */
export function momentsOf(double: { readonly talks: ReadonlyMap<string, Talk>; tell(event: WindowEvent): void }): Calls {
  let privacy = { typing: true, presence: true };
  const look = async ({ who }: { readonly who: string }) => {
    const talk = double.talks.get(who);
    if (talk === undefined) throw new SottoError('NOT_FOUND');
    if (!privacy.presence) return { state: 'hidden', lastSeen: null } as const;
    return talk.person.presence ?? ({ state: 'unknown', lastSeen: null } as const);
  };
  return {
    typing: async () => ({}),
    presence: look,
    watchPresence: look,
    privacy: async () => privacy,
    setPrivacy: async ({ typing = privacy.typing, presence = privacy.presence }) => {
      privacy = { typing, presence };
      double.tell({ event: 'privacy', privacy });
      return privacy;
    },
  };
}
