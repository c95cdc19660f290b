// What should be known about this conversation, in plain words, with a way to look and to put it away for now.
import { useState } from 'react';
import type { Warning } from '../../../core/api.ts';
import { useNavigation } from '../app/navigation.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import type { WordKey } from '../words/catalogues.ts';
import { useWords } from '../words/use-words.ts';
import { dismiss, wasDismissed } from './dismissals.ts';
import styles from './notices.module.css';

/** Words of each kind of warning. */
const WARNING_WORDS: Readonly<Record<Warning['kind'], WordKey<'conversation'>>> = {
  fork: 'warnFork',
  ahead: 'warnAhead',
  restored: 'warnRestored',
  withheld: 'warnWithheld',
  cloned: 'warnCloned',
  identity: 'warnIdentity',
  manifest: 'warnManifest',
  versions: 'warnVersions',
  'expired-unread': 'warnExpiredUnread',
  unopened: 'warnUnopened',
  'connected-twice': 'warnConnectedTwice',
  quota: 'warnQuota',
};

/** Kinds that say that something is wrong, not only that something is missing. */
const GRAVE: ReadonlySet<Warning['kind']> = new Set(['fork', 'withheld', 'cloned', 'identity', 'manifest', 'connected-twice']);

/** The newest of each kind that was not put away; the grave ones first. */
export function noticesOf(account: string, warnings: readonly Warning[], isDismissed: (key: string) => boolean): readonly Warning[] {
  const newest = new Map<Warning['kind'], Warning>();
  for (const warning of warnings) if (warning.at >= (newest.get(warning.kind)?.at ?? 0)) newest.set(warning.kind, warning);
  return [...newest.values()]
    .filter((warning) => !isDismissed(keyOf(account, warning)))
    .sort((a, b) => Number(GRAVE.has(b.kind)) - Number(GRAVE.has(a.kind)) || b.at - a.at);
}

function keyOf(account: string, { kind, at }: Warning): string {
  return `${account} ${kind} ${at}`;
}

/** See the head of this file. One at a time, so that they never hide the messages. */
export function Notices({ account, warnings }: { readonly account: string; readonly warnings: readonly Warning[] }) {
  const t = useWords('conversation');
  const { go } = useNavigation();
  const [, setDismissals] = useState(0);
  const [first, ...more] = noticesOf(account, warnings, wasDismissed);
  if (first === undefined) return null;
  const putAway = () => {
    dismiss(keyOf(account, first));
    setDismissals((count) => count + 1);
  };
  const action = (
    <Button size="s" onClick={() => go({ at: 'contact', account })}>
      {t('warnShow')}
    </Button>
  );
  return (
    <div className={styles.notices}>
      <Banner tone={GRAVE.has(first.kind) ? 'bad' : 'warn'} action={action} onClose={putAway} live>
        {t(WARNING_WORDS[first.kind])}
        {more.length === 0 ? null : <span className={styles.more}> {t('warnMore', { count: more.length })}</span>}
      </Banner>
    </div>
  );
}
