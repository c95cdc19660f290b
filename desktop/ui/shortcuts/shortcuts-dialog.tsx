// Every shortcut, by where it works.
import { Dialog } from '../design/dialog.tsx';
import { useWords } from '../words/use-words.ts';
import { Keys } from './keys.tsx';
import { type Scope, SHORTCUT_IDS, SHORTCUTS, type ShortcutId } from './list.ts';
import styles from './shortcuts-dialog.module.css';

const SCOPES: readonly Scope[] = ['everywhere', 'list', 'messages', 'writing'];

/** The list of shortcuts. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords('palette');
  return (
    <Dialog title={t('shortcutsTitle')} open size="l" onClose={onClose}>
      <div className={styles.groups}>
        {SCOPES.map((scope) => (
          <section key={scope} className={styles.group}>
            <h3 className={styles.heading}>{t(scope)}</h3>
            <dl className={styles.list}>
              {SHORTCUT_IDS.filter((id) => SHORTCUTS[id].scope === scope).map((id) => (
                <Line key={id} id={id} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Line({ id }: { readonly id: ShortcutId }) {
  const t = useWords('palette');
  const { keys } = SHORTCUTS[id];
  return (
    <div className={styles.line}>
      <dt className={styles.what}>{t(id)}</dt>
      <dd className={styles.keys}>
        {keys.map((one) => (
          <Keys key={one.key} keys={one} />
        ))}
      </dd>
    </div>
  );
}
