// Asks before a link is opened, and shows where it really leads.
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './link-dialog.module.css';
import { isLookAlike, type Link } from './message-text.ts';

/** The question; null: none is asked. */
export function LinkDialog({ link, onClose }: { readonly link: Link | null; onClose(): void }) {
  const t = useWords('conversation');
  if (link === null) return null;
  const isFalse = isLookAlike(link);
  const open = () => {
    window.open(link.href, '_blank', 'noopener,noreferrer');
    onClose();
  };
  const actions = (
    <>
      <Button variant={isFalse ? 'primary' : 'plain'} onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button variant={isFalse ? 'danger' : 'primary'} icon="external" onClick={open}>
        {t('linkOpen')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('linkTitle')} open onClose={onClose} actions={actions}>
      <p>{t('linkHost')}</p>
      <p className={styles.host} dir="ltr">
        {link.host}
      </p>
      {isFalse ? <Banner tone="warn">{t('linkLookAlike')}</Banner> : null}
      <p className={styles.whole} dir="ltr">
        {link.href}
      </p>
      {link.href.startsWith('http:') ? <Banner tone="warn">{t('linkPlain')}</Banner> : null}
    </Dialog>
  );
}
