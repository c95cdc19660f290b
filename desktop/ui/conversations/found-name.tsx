// A name with the part that was searched for marked.
import { type Named, nameOf } from '../design/hostile-text.ts';
import { SafeName } from '../design/safe-name.tsx';
import styles from './found-name.module.css';
import { findInName } from './name-search.ts';

/** See the head of this file. */
export function FoundName({ of, query }: { readonly of: Named; readonly query: string }) {
  const name = nameOf(of);
  const range = query === '' ? null : findInName(name, query);
  if (range === null) return <SafeName of={of} />;
  const [from, to] = range;
  return (
    <bdi className={styles.name} title={name}>
      {name.slice(0, from)}
      <mark className={styles.found}>{name.slice(from, to)}</mark>
      {name.slice(to)}
    </bdi>
  );
}
