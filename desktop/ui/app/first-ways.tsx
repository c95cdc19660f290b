// How one gets to the first person: by inviting, or by a link one was given.
import { Button } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';
import { useNavigation } from './navigation.tsx';

/** The two buttons, for a row of them. */
export function FirstWays() {
  const t = useWords('app');
  const { go } = useNavigation();
  return (
    <>
      <Button variant="primary" icon="user-plus" onClick={() => go({ at: 'invite' })}>
        {t('invite')}
      </Button>
      <Button icon="link" onClick={() => go({ at: 'invite', link: true })}>
        {t('haveLink')}
      </Button>
    </>
  );
}
