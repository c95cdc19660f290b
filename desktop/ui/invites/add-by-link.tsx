// Somebody else's link: read as it is typed, said what it is, and only sent when asked to.
import { type FormEvent, useEffect, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useReadable } from '../app/readable.ts';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { TextArea, TextField } from '../design/field.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { Icon } from '../design/icon.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { MOST_NAME } from '../settings/name-form.tsx';
import { Actions, Section } from '../settings/section.tsx';
import { untilWords } from '../settings/times.ts';
import { regional } from '../words/regional.ts';
import { useWords, words } from '../words/use-words.ts';
import styles from './invites.module.css';
import { offeredLink } from './offered-link.ts';
import { type LinkReading, readLink } from './read-link.ts';

/** The form for a link. */
export function AddByLink() {
  const t = useWords('invites');
  const offered = useReadable(offeredLink);
  const [link, setLink] = useState('');
  const [petname, setPetname] = useState('');
  const [isOffered, setOffered] = useState(false);
  const reading = useReading(link);
  const add = useAdding(reading, link, petname);
  useEffect(() => {
    if (offered === null) return;
    setLink(offered);
    setOffered(true);
    offeredLink.set(null);
  }, [offered]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reading.state === 'good') void add.start();
  };
  const change = (text: string) => {
    setLink(text);
    setOffered(false);
    add.clear();
  };
  const rename = (name: string) => {
    setPetname(name);
    add.clear();
  };
  const isGood = reading.state === 'good' && add.obstacle === null;
  return (
    <Section title={t('theirsTitle')} text={t('theirsHint')}>
      {isOffered ? <Banner live>{t('fromOutside')}</Banner> : null}
      <form className={styles.form} onSubmit={submit}>
        <TextArea
          label={t('theirsLabel')}
          placeholder={t('theirsPlaceholder')}
          className={styles.link}
          spellCheck={false}
          autoComplete="off"
          dir="ltr"
          value={link}
          error={add.linkError}
          onChange={change}
        />
        <LinkNews reading={reading} note={add.note} />
        {isGood ? <Petname value={petname} error={add.nameError} onChange={rename} /> : null}
        <Actions>
          <Button type="submit" variant="primary" busy={add.busy} disabled={reading.state !== 'good' || add.obstacle === 'own'}>
            {t(add.obstacle === 'known' ? 'addKnown' : 'add')}
          </Button>
        </Actions>
      </form>
    </Section>
  );
}

interface PetnameProps {
  readonly value: string;
  readonly error: string | null;
  onChange(name: string): void;
}

function Petname(props: PetnameProps) {
  const t = useWords('invites');
  return <TextField label={t('petname')} hint={t('petnameHint')} maxLength={MOST_NAME} dir="auto" {...props} />;
}

/** What the text in the field is, a moment behind the typing. */
function useReading(link: string): LinkReading {
  const [reading, setReading] = useState<LinkReading>({ state: 'empty' });
  useEffect(() => {
    let newest = true;
    void readLink(link, Date.now()).then((now) => newest && setReading(now));
    return () => {
      newest = false;
    };
  }, [link]);
  return reading;
}

const FAULTS = { 'not-a-link': 'notALink', 'safety-code': 'safetyCode', cut: 'cut', newer: 'newer', expired: 'expired' } as const;

/** Sending the request: what stands against it, what went wrong, and at which field that is said. */
function useAdding(reading: LinkReading, link: string, petname: string) {
  const t = useWords('invites');
  const tError = useWords('errors');
  const client = useClient();
  const { go } = useNavigation();
  const me = useReadable(client.me);
  const contacts = useReadable(client.contacts);
  const { busy, error, run, clear } = useAttempt();
  const account = reading.state === 'good' ? reading.account : null;
  const contact = account === null ? undefined : contacts.get(account);
  const obstacle = account === null ? null : account === me?.account ? 'own' : contact?.state === 'accepted' ? 'known' : null;
  const fault = reading.state === 'fault' ? t(FAULTS[reading.fault]) : obstacle === 'own' ? t('ownLink') : null;
  const isName = error === 'ALREADY' && petname.trim() !== '';
  const isAlone = me?.relays.length === 0 && me.addresses.length === 0;
  const away = t(isAlone ? 'noRelay' : 'offline');
  const failure = error === null || isName ? null : error === 'OFFLINE' || error === 'TIMEOUT' ? away : tError(error);
  const start = async () => {
    if (obstacle === 'known' && account !== null) return go({ at: 'conversation', account });
    await run(async () => {
      const added = await client.api.addContact({ link, petname: petname.trim() === '' ? null : petname.trim() });
      go({ at: 'conversation', account: added.account });
    });
  };
  const name = contact === undefined ? '' : nameOf(contact);
  const note = obstacle === 'known' ? t('known', { name }) : contact?.state === 'requested' ? t('asked', { name }) : null;
  return { busy, obstacle, linkError: failure ?? fault, nameError: isName ? t('nameTaken') : null, note, start, clear };
}

function LinkNews({ reading, note }: { readonly reading: LinkReading; readonly note: string | null }) {
  const t = useWords('invites');
  const good = reading.state === 'good' ? reading : null;
  const until = good === null ? '' : untilWords(good.expires, Date.now(), regional(words.language));
  return (
    <p className={styles.news} role="status">
      {good === null ? null : (
        <>
          <Icon name="check" size={16} />
          <span>{note ?? t(good.public ? 'goodMany' : 'goodOne', { until })}</span>
        </>
      )}
    </p>
  );
}
