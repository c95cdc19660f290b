// Adding a relay by its address, or by the line its operator handed out, which may hold a token: it is never shown again.
import { type FormEvent, useState } from 'react';
import type { ErrorCode } from '../../../core/base/errors.ts';
import { useClient } from '../app/client-context.tsx';
import { Button } from '../design/button.tsx';
import { TextField } from '../design/field.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';
import { Section } from './section.tsx';

/** Longest line, UTF-16 units: an address and a token are far shorter. */
const MOST_LINE = 512;

/** The form. */
export function AddRelay() {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const { busy, error, run, clear } = useAttempt();
  const [line, setLine] = useState('');
  const [isBad, setBad] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const relay = line.trim();
    if (!relay.startsWith('/') || !relay.includes('/p2p/')) return setBad(true);
    await run(async () => {
      const { state } = await client.api.addRelay({ relay });
      setLine('');
      say(t(state === 'connected' ? 'added' : 'addedWaiting'), state === 'connected' ? 'good' : 'info');
    });
  };
  const said = (code: ErrorCode) => (code === 'BAD_INPUT' ? t('relayBad') : code === 'REFUSED' ? t('relayRefused') : tError(code));
  return (
    <Section title={t('addRelay')}>
      <form className={styles.line} onSubmit={(event) => void add(event)}>
        <TextField
          label={t('addRelayLabel')}
          hint={t('addRelayHint')}
          error={isBad ? t('relayBad') : error === null ? null : said(error)}
          placeholder="/dns4/…"
          mono
          dir="ltr"
          maxLength={MOST_LINE}
          value={line}
          onChange={(now) => {
            setLine(now);
            setBad(false);
            clear();
          }}
        />
        <Button type="submit" variant="primary" busy={busy} disabled={line.trim() === ''}>
          {t('add')}
        </Button>
      </form>
    </Section>
  );
}
