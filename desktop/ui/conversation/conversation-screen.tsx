// One conversation: its head, what should be known about it, its messages, and the field to write in.
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Contact, Message } from '../../../core/api.ts';
import type { Client } from '../app/client.ts';
import { useClient } from '../app/client-context.tsx';
import type { ConversationRow } from '../app/conversations-state.ts';
import { useSelected } from '../app/readable.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { SafeName } from '../design/safe-name.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useWords } from '../words/use-words.ts';
import { ClosedComposer, isClosed } from './closed-composer.tsx';
import { Composer } from './composer.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import styles from './conversation-screen.module.css';
import { DetailDialog } from './detail-dialog.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { MessageList } from './message-list.tsx';
import { oneLine } from './message-text.ts';
import type { MessageWindow } from './message-window.ts';
import { Notices } from './notices.tsx';
import { ReadFault } from './read-fault.tsx';
import { ReadMarker } from './read-marker.ts';
import { Sending } from './sending.ts';
import { useMessageActions } from './use-message-actions.ts';
import { useMessageWindow } from './use-message-window.ts';
import { useWatched } from './use-watched.ts';

/** See the head of this file. */
export function ConversationScreen({ account }: { readonly account: string }) {
  const t = useWords('conversation');
  const client = useClient();
  const row = useSelected(client.conversations, ({ byAccount }) => byAccount.get(account));
  const isLoaded = useSelected(client.conversations, ({ loaded }) => loaded);
  const known = useSelected(client.contacts, (contacts) => contacts.get(account));
  const contact = row?.with ?? known;
  if (contact !== undefined) return <Conversation key={account} contact={contact} row={row} />;
  return isLoaded ? (
    <EmptyState icon="chat" title={t('unknown')}>
      {t('unknownHint')}
    </EmptyState>
  ) : (
    <Loading />
  );
}

interface ConversationProps {
  readonly contact: Contact;
  readonly row: ConversationRow | undefined;
}

function Conversation({ contact, row }: ConversationProps) {
  const client = useClient();
  const { account } = contact;
  const pages = useMessageWindow(client, account, row?.id ?? null);
  const sending = useSending(client);
  const onSent = useCallback(
    (message: Message) => {
      pages.take(message);
      pages.clearUnread();
      void pages.toEnd();
    },
    [pages],
  );
  useNewsSaid(client, contact, row?.id ?? null);
  return (
    <section className={styles.screen}>
      <ConversationHeader contact={contact} row={row} />
      <Notices account={account} warnings={row?.warnings ?? []} />
      <Messages pages={pages} contact={contact} unread={row?.unread ?? 0} />
      {isClosed(contact) ? <ClosedComposer contact={contact} /> : <Composer account={account} sending={sending} onSent={onSent} />}
    </section>
  );
}

function Messages({ pages, contact, unread }: { readonly pages: MessageWindow; readonly contact: Contact; readonly unread: number }) {
  const t = useWords('conversation');
  const client = useClient();
  const { account } = contact;
  const { opened, fault, isEmpty } = useOpened(pages);
  const isWatched = useWatched();
  useEffect(() => {
    pages.isWatched = isWatched;
  }, [pages, isWatched]);
  const marker = useMemo(() => new ReadMarker((id) => client.markRead(account, id)), [client, account]);
  const onSeen = useCallback((messages: readonly Message[]) => marker.seen(messages), [marker]);
  const { actions, detail, closeDetail, link, closeLink } = useMessageActions(pages, nameOf(contact));
  const author = detail?.direction === 'out' ? t('you') : <SafeName of={contact} />;
  return (
    <>
      {fault === null ? null : <ReadFault fault={fault} onRetry={() => void pages.refresh()} />}
      {!opened && fault === null ? <Loading /> : null}
      {isEmpty ? (
        <div className={styles.empty}>
          <EmptyState icon="lock" title={t('noMessages')}>
            {t(contact.state === 'requested' ? 'askedHint' : 'noMessagesHint')}
          </EmptyState>
        </div>
      ) : (
        <MessageList pages={pages} actions={actions} isWatched={isWatched} unread={unread} onSeen={onSeen} />
      )}
      <DetailDialog message={detail} author={author} onClose={closeDetail} />
      <LinkDialog link={link} onClose={closeLink} />
    </>
  );
}

/** What of the window this screen shows beside the list; a new message changes none of it. */
function useOpened(pages: MessageWindow) {
  const opened = useSelected(pages, (view) => view.opened);
  const fault = useSelected(pages, (view) => view.fault);
  const isEmpty = useSelected(pages, (view) => view.opened && view.messages.length === 0);
  return { opened, fault, isEmpty };
}

function Loading() {
  const t = useWords('conversation');
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    // What is there at once needs no sign that it is coming.
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return <div className={styles.loading}>{isLate ? <Spinner label={t('loading')} /> : null}</div>;
}

/** New messages are said to who cannot see them appear. */
function useNewsSaid(client: Client, contact: Contact, conversation: string | null): void {
  const t = useWords('conversation');
  const announce = useAnnounce();
  const name = nameOf(contact);
  useEffect(
    () =>
      client.onEvent((event) => {
        if (event.event !== 'message' || event.message.direction !== 'in') return;
        const { text, from } = event.message;
        // The first words of somebody new may come before their conversation is known here.
        if (conversation === null ? from !== contact.account : event.message.conversation !== conversation) return;
        announce(text === null ? t('unopened') : t('newMessage', { name, text: oneLine(text) }));
      }),
    [client, contact.account, conversation, name, announce, t],
  );
}

const sendings = new WeakMap<Client, Sending>();

/** One for the whole page: a try that nobody knows the end of outlives the screen it began in. */
function useSending(client: Client): Sending {
  const known = sendings.get(client) ?? new Sending(client.api);
  sendings.set(client, known);
  return known;
}
