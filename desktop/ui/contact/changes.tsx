// What was noticed about a conversation, in plain words and with its day. The engine's own sentence is English, so each kind has its words.
import { useMemo, useState } from 'react';
import type { Warning } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable, useSelected } from '../app/readable.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Section } from '../settings/section.tsx';
import { whenWords } from '../settings/times.ts';
import { regional } from '../words/regional.ts';
import { useWords, words } from '../words/use-words.ts';
import styles from './contact.module.css';

/** Changes shown before somebody asks for all of them. */
const FIRST = 4;

/** The section about it. */
export function Changes({ account }: { readonly account: string }) {
  const t = useWords('contact');
  const client = useClient();
  const warnings = useReadable(client.warnings);
  const conversation = useSelected(client.conversations, ({ byAccount }) => byAccount.get(account)?.id ?? null);
  const [all, setAll] = useState(false);
  const own = useMemo(() => newestFirst(warnings, conversation), [warnings, conversation]);
  const shown = all ? own : own.slice(0, FIRST);
  return (
    <Section title={t('changesTitle')} {...(own.length === 0 ? { text: t('changesNone') } : {})}>
      {shown.length === 0 ? null : (
        <ul className={styles.changes}>
          {shown.map((warning, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a warning has no other name
            <Change key={`${warning.at} ${warning.kind} ${at}`} warning={warning} />
          ))}
        </ul>
      )}
      {own.length > shown.length ? (
        <div className={styles.more}>
          <Button variant="quiet" icon="chevron-down" onClick={() => setAll(true)}>
            {t('changesMore', { count: own.length - shown.length })}
          </Button>
        </div>
      ) : null}
    </Section>
  );
}

function newestFirst(warnings: readonly Warning[], conversation: string | null): readonly Warning[] {
  if (conversation === null) return [];
  return warnings.filter((warning) => warning.conversation === conversation).sort((a, b) => b.at - a.at);
}

/** Those that may mean that somebody interferes; the others are about what was lost. */
const GRAVE: ReadonlySet<Warning['kind']> = new Set(['fork', 'cloned', 'identity', 'manifest', 'versions', 'withheld', 'connected-twice']);

function Change({ warning }: { readonly warning: Warning }) {
  const t = useWords('contact');
  return (
    <li className={styles.change}>
      <span className={GRAVE.has(warning.kind) ? styles.grave : styles.mild}>
        <Icon name={GRAVE.has(warning.kind) ? 'warning' : 'info'} />
      </span>
      <div>
        <div>{t(warning.kind)}</div>
        <time className={styles.when} dateTime={new Date(warning.at).toISOString()}>
          {whenWords(warning.at, Date.now(), regional(words.language))}
        </time>
      </div>
    </li>
  );
}
