// Who we are to others: the name we claim, what they see of us, the account, and the way to invite.
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useReadable } from '../app/readable.ts';
import { Button } from '../design/button.tsx';
import { Code } from '../design/code.tsx';
import { useWords } from '../words/use-words.ts';
import { NameForm } from './name-form.tsx';
import { PrivacyPart } from './privacy-part.tsx';
import { Actions, Section } from './section.tsx';

/** Settings, profile. */
export function ProfilePage() {
  const t = useWords('settings');
  const { go } = useNavigation();
  const client = useClient();
  const me = useReadable(client.me);
  if (me === null) return null;
  return (
    <>
      <Section>
        <NameForm
          label={t('name')}
          hint={t('nameHint')}
          name={me.name}
          save={(name) => client.api.setName({ name })}
          why={(error) => (error === 'BAD_INPUT' ? t('nameBad') : null)}
        />
      </Section>
      <Section title={t('invite')} text={t('inviteHint')}>
        <Actions>
          <Button icon="user-plus" onClick={() => go({ at: 'invite' })}>
            {t('invite')}
          </Button>
        </Actions>
      </Section>
      <PrivacyPart />
      <Section title={t('account')} text={t('accountHint')}>
        <Code text={me.account} label={t('account')} />
      </Section>
    </>
  );
}
