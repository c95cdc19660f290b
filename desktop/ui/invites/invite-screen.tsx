// Bringing two people together: somebody else's link goes in, a link of our own comes out, and all links there are.
import { useEffect, useRef } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { START } from '../app/place.ts';
import { Screen } from '../settings/section.tsx';
import { placeBehind } from '../shortcuts/way-back.ts';
import { useWords } from '../words/use-words.ts';
import { AddByLink } from './add-by-link.tsx';
import { InviteList } from './invite-list.tsx';
import { NewInvite } from './new-invite.tsx';
import { useInvites } from './use-invites.ts';

/** The screen at { at: 'invite' }. */
export function InviteScreen() {
  const t = useWords('invites');
  const { place, go } = useNavigation();
  const heading = useRef<HTMLHeadingElement>(null);
  const invites = useInvites();
  const isForLink = place.at === 'invite' && place.link === true;
  useEffect(() => {
    const field = isForLink ? heading.current?.closest('main')?.querySelector('textarea') : null;
    (field ?? heading.current)?.focus();
  }, [isForLink]);
  return (
    <Screen title={t('title')} ref={heading} back={{ label: t('back'), onBack: () => go(placeBehind(place) ?? START) }}>
      <AddByLink />
      <NewInvite onMade={invites.add} />
      <InviteList invites={invites.list} onRevoked={invites.revoked} />
    </Screen>
  );
}
