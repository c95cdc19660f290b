// Every shortcut, by where it works.
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Dialog } from '../design/dialog.tsx';
import { useWords } from '../words/use-words.ts';
import { Keys } from './keys.tsx';
import { type Scope, SHORTCUT_IDS, SHORTCUTS, type ShortcutId } from './list.ts';
import styles from './shortcuts-dialog.module.css';

const SCOPES: readonly Scope[] = ['everywhere', 'list', 'messages', 'writing'];

/** For whom Enter breaks the line. */
const OTHER_WAY = { send: [{ key: 'Enter', mod: true }], line: [{ key: 'Enter' }] } as const;

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
  const enterSends = useReadable(useClient().preferences).enterSends;
  const keys = !enterSends && id in OTHER_WAY ? OTHER_WAY[id as keyof typeof OTHER_WAY] : SHORTCUTS[id].keys;
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
