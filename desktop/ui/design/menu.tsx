// A menu that drops from a button: arrows, first letters, Escape; the focus returns to the button.
import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement } from 'react';
import { Icon, type IconName } from './icon.tsx';
import styles from './menu.module.css';

/** One thing to choose; null between two is a line. */
export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly tone?: 'danger';
  readonly disabled?: boolean;
  onSelect(): void;
}

/** What a menu takes. */
export interface MenuProps {
  /** The button that opens it, with a name of its own: `<IconButton label=… icon="more" />`. */
  readonly trigger: ReactElement;
  readonly items: readonly (MenuItem | null)[];
  /** Where it opens along the line of reading; at the end unless told. */
  readonly align?: 'start' | 'end';
}

/** A menu and its button. */
export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} collisionPadding={8}>
          <Base.Popup className={styles.popup}>
            {items.map((item, at) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name and keep their order
              item === null ? <Base.Separator key={at} className={styles.line} /> : <Item key={at} item={item} />,
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ item }: { readonly item: MenuItem }) {
  const className = item.tone === 'danger' ? `${styles.item} ${styles.danger}` : styles.item;
  return (
    <Base.Item className={className} disabled={item.disabled ?? false} onClick={() => item.onSelect()}>
      {item.icon === undefined ? null : <Icon name={item.icon} size={16} />}
      {item.label}
    </Base.Item>
  );
}
