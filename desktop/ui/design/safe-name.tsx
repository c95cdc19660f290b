// A name that somebody else chose: one line, its direction kept to itself, nothing in it unseen.

import { type Named, nameOf } from './hostile-text.ts';
import styles from './safe-name.module.css';

/** The name of a contact (`of`), cut with dots where there is no room. Its whole text is in the title. */
export function SafeName({ of }: { readonly of: Named }) {
  const name = nameOf(of);
  return (
    <bdi className={styles.name} title={name}>
      {name}
    </bdi>
  );
}
