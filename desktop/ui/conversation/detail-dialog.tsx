// Everything this device truly knows of one message. The one place in a conversation where the words of the machine are used.
import { type ReactNode, useEffect, useState } from 'react';
import type { Message, MessageDetail } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { relayHost } from '../app/relay-name.ts';
import { Code } from '../design/code.tsx';
import { Dialog } from '../design/dialog.tsx';
import { useWords, words } from '../words/use-words.ts';
import styles from './detail-dialog.module.css';
import { STATE_WORDS } from './message-state.tsx';
import { reasonWord } from './reason-words.ts';
import { fullTime } from './times.ts';

/** What it takes; null: it is closed. */
export interface DetailDialogProps {
  readonly message: Message | null;
  /** How its author is called. */
  readonly author: ReactNode;
  onClose(): void;
}

/** See the head of this file. */
export function DetailDialog({ message, author, onClose }: DetailDialogProps) {
  const t = useWords('conversation');
  const detail = useDetail(message?.id ?? null);
  if (message === null) return null;
  const now = detail?.message ?? message;
  return (
    <Dialog title={t('detailTitle')} open onClose={onClose} size="l">
      <dl className={styles.list}>
        <Line name={t('detailFrom')}>{author}</Line>
        {now.direction === 'out' ? <Line name={t('detailState')}>{t(STATE_WORDS[now.state])}</Line> : null}
        {now.reason === null ? null : <Line name={t('detailReason')}>{t(reasonWord(now.reason))}</Line>}
        {now.provisional ? <Line name={t('detailPlace')}>{t('provisional')}</Line> : null}
        <Line name={t('detailWritten')}>{fullTime(words.language, now.sentAt)}</Line>
        <Line name={t('detailStored')}>{now.storedAt === null ? t('detailNotYet') : fullTime(words.language, now.storedAt)}</Line>
        {detail === null ? null : <Way detail={detail} />}
        <Line name={t('detailEpoch')}>{now.epoch ?? t('detailNotYet')}</Line>
        <Line name={t('detailSequence')}>{now.seq ?? t('detailNotYet')}</Line>
        {detail === null ? null : <Line name={t('detailChain')}>{t(CHAIN_WORDS[detail.chain])}</Line>}
      </dl>
      <p className={styles.label}>{t('detailId')}</p>
      <Code label={t('detailId')} text={now.id} />
    </Dialog>
  );
}

const CHAIN_WORDS = { checked: 'chainChecked', waiting: 'chainWaiting', differs: 'chainDiffers' } as const;
const PATH_WORDS = { relay: 'pathRelay', direct: 'pathDirect', both: 'pathBoth' } as const;

function Way({ detail }: { readonly detail: MessageDetail }) {
  const t = useWords('conversation');
  return (
    <>
      {detail.path === null ? null : <Line name={t('detailPath')}>{t(PATH_WORDS[detail.path])}</Line>}
      {detail.relay === null ? null : <Line name={t('detailRelay')}>{relayHost(detail.relay) ?? t('relayHere')}</Line>}
      {detail.device === null ? null : <Line name={t('detailDevice')}>{detail.device}</Line>}
    </>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.line}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What the engine knows beside the message itself, as it stands now; null until it has said it, or cannot. */
function useDetail(id: string | null): MessageDetail | null {
  const client = useClient();
  const [detail, setDetail] = useState<MessageDetail | null>(null);
  useEffect(() => {
    setDetail(null);
    if (id === null) return;
    let isCurrent = true;
    const ask = () =>
      void client.api.detail({ id }).then(
        (found) => isCurrent && setDetail(found),
        () => undefined,
      );
    ask();
    const stop = client.onEvent((event) => event.event === 'state' && event.message.id === id && ask());
    return () => {
      isCurrent = false;
      stop();
    };
  }, [client, id]);
  return detail;
}
