// How messages reach somebody: over which relay, or directly.
import { useClient } from '../app/client-context.tsx';
import { useSelected } from '../app/readable.ts';
import { relayHost } from '../app/relay-name.ts';
import { safeName } from '../design/hostile-text.ts';
import { Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';

/** The section about it; nothing while there is no conversation. */
export function Way({ account }: { readonly account: string }) {
  const t = useWords('contact');
  const client = useClient();
  const relay = useSelected(client.conversations, ({ byAccount }) => {
    const row = byAccount.get(account);
    return row === undefined || row.id === null ? undefined : row.relay;
  });
  const isDirect = useSelected(client.contacts, (contacts) => contacts.get(account)?.direct === true);
  if (relay === undefined) return null;
  if (isDirect) return <Section title={t('wayTitle')} text={t('wayNow')} />;
  if (relay === null) return <Section title={t('wayTitle')} text={t('wayDirect')} />;
  const host = relayHost(relay);
  return <Section title={t('wayTitle')} text={host === null ? t('wayHere') : t('wayRelay', { host: safeName(host) })} />;
}
