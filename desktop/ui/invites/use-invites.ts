// Our links as the engine has them, asked when the screen comes and again when somebody came through one.
import { useCallback, useEffect, useState } from 'react';
import type { Invite } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';

/** What the screen needs of them. */
export interface Invites {
  /** Null until the engine has answered. */
  readonly list: readonly Invite[] | null;
  add(invite: Invite): void;
  revoked(link: string): void;
}

/** Our links. */
export function useInvites(): Invites {
  const client = useClient();
  const [list, setList] = useState<readonly Invite[] | null>(null);
  useEffect(() => {
    let here = true;
    const ask = () =>
      void client.api.invites({}).then(
        (now) => here && setList(now),
        () => {},
      );
    ask();
    const stop = client.onEvent((event) => event.event === 'request' && ask());
    return () => {
      here = false;
      stop();
    };
  }, [client]);
  const add = useCallback((invite: Invite) => setList((now) => [invite, ...(now ?? []).filter(({ link }) => link !== invite.link)]), []);
  const revoked = useCallback(
    (link: string) => setList((now) => (now ?? []).map((invite) => (invite.link === link ? { ...invite, revoked: true } : invite))),
    [],
  );
  return { list, add, revoked };
}
