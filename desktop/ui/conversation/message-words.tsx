// The text of a message: only ever text. Links are found, and asked about before they are opened; what is huge is folded.
import { useState } from 'react';
import type { MessageActions } from './message-actions.ts';
import { folded, isLargeEmoji, isLookAlike, type Link, piecesOf, shownText } from './message-text.ts';
import styles from './message-words.module.css';

/** What it takes. */
export interface MessageWordsProps {
  readonly text: string;
  readonly actions: MessageActions;
}

/** See the head of this file. */
export function MessageWords({ text, actions: { t, openLink } }: MessageWordsProps) {
  const [isOpen, setOpen] = useState(false);
  if (isLargeEmoji(text)) return <p className={styles.large}>{text.trim()}</p>;
  const safe = shownText(text);
  const short = folded(safe);
  return (
    <div className={styles.words} dir="auto">
      {piecesOf(isOpen ? safe : short.text).map((piece, at) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name and their text never changes
        typeof piece === 'string' ? piece : <LinkPiece key={at} link={piece} onLink={openLink} />,
      )}
      {short.isFolded ? (
        <>
          {isOpen ? null : '…'}
          <button type="button" className={styles.fold} onClick={() => setOpen(!isOpen)}>
            {t(isOpen ? 'showLess' : 'showAll')}
          </button>
        </>
      ) : null}
    </div>
  );
}

/** A button, not a link: nothing opens it but our own question. */
function LinkPiece({ link, onLink }: { readonly link: Link; onLink(link: Link): void }) {
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: an anchor would open without our question (middle click, drag) */}
      <button type="button" role="link" className={styles.link} title={link.host} onClick={() => onLink(link)}>
        {link.shown}
      </button>
      {isLookAlike(link) ? <span className={styles.host}> ({link.host})</span> : null}
    </>
  );
}
