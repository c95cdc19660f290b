// Somebody looked at closely: their names, whether it is them, what changed, how messages reach them, and an end to it.
import { useEffect, useRef } from 'react';
import type { Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useSelected } from '../app/readable.ts';
import { useRoom } from '../app/width.ts';
import { Avatar } from '../design/avatar.tsx';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Code } from '../design/code.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { SafeName } from '../design/safe-name.tsx';
import { Screen, Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';
import { BlockContact } from './block-contact.tsx';
import { Changes } from './changes.tsx';
import styles from './contact.module.css';
import { ContactNames } from './contact-names.tsx';
import { Safety } from './safety.tsx';
import { Way } from './way.tsx';

/** The screen (or pane) at { at: 'contact' }. */
export function ContactScreen({ account }: { readonly account: string }) {
  const t = useWords('contact');
  const tApp = useWords('app');
  const client = useClient();
  const { go } = useNavigation();
  const heading = useRef<HTMLHeadingElement>(null);
  const contact = useSelected(client.contacts, (contacts) => contacts.get(account));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another contact is another screen
  useEffect(() => heading.current?.focus(), [account]);
  // Beside the conversation it is closed; over it there is a way back.
  const isBeside = useRoom() === 'wide';
  const [label, icon] = isBeside ? [t('close'), 'close' as const] : [tApp('back'), 'back' as const];
  const back = { label, icon, onBack: () => go({ at: 'conversation', account }) };
  return (
    <Screen title={t('title')} ref={heading} back={back}>
      {contact === undefined ? <EmptyState icon="user" title={t('gone')} /> : <Details key={account} contact={contact} />}
    </Screen>
  );
}

function Details({ contact }: { readonly contact: Contact }) {
  const t = useWords('contact');
  const isFriend = contact.state === 'accepted';
  return (
    <>
      <Face contact={contact} />
      <ContactNames contact={contact} />
      {isFriend ? <Safety contact={contact} /> : null}
      <Changes account={contact.account} />
      {isFriend ? <Way account={contact.account} /> : null}
      <Section title={t('account')} text={t('accountHint')}>
        <Code text={contact.account} label={t('account')} />
      </Section>
      <BlockContact contact={contact} />
    </>
  );
}

function Face({ contact }: { readonly contact: Contact }) {
  const t = useWords('contact');
  const { go } = useNavigation();
  return (
    <div className={styles.face}>
      <Avatar name={nameOf(contact)} account={contact.account} size={80} />
      <div className={styles.name}>
        <SafeName of={contact} />
      </div>
      {contact.blocked || contact.verified ? (
        <div className={styles.badges}>
          {contact.blocked ? <Badge tone="bad">{t('blocked')}</Badge> : null}
          {contact.verified ? <Badge tone="good">{t('verified')}</Badge> : null}
        </div>
      ) : null}
      {contact.state === 'accepted' && !contact.blocked ? (
        <Button icon="chat" onClick={() => go({ at: 'conversation', account: contact.account })}>
          {t('write')}
        </Button>
      ) : null}
    </div>
  );
}
