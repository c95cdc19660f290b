// The keys of a shortcut, drawn as caps.
import { useWords } from '../words/use-words.ts';
import { keyCaps } from './key-caps.ts';
import styles from './keys.module.css';
import type { Keys as KeysOf } from './list.ts';
import { onMac } from './shortcuts.ts';

/** One press. */
export function Keys({ keys }: { readonly keys: KeysOf }) {
  const t = useWords('palette');
  return (
    <span className={styles.keys} dir="ltr">
      {keyCaps(keys, onMac).map((cap) => {
        const text = 'sign' in cap ? cap.sign : t(cap.word);
        return (
          <kbd key={text} className={styles.cap}>
            {text}
          </kbd>
        );
      })}
    </span>
  );
}
