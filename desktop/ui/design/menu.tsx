// A menu that drops from a button: arrows, Home and End, first letters, Escape; the focus returns to where it was. In the top layer, so that
// nothing cuts it off.
import { cloneElement, type KeyboardEvent, type MouseEvent, type ReactElement, useId, useLayoutEffect, useRef, useState } from 'react';
import { Icon, type IconName } from './icon.tsx';
import styles from './menu.module.css';
import { placeBeside } from './place-beside.ts';

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

/** Who had the focus, and what the menu hangs on. */
interface Opened {
  readonly anchor: HTMLElement;
  readonly focused: HTMLElement | null;
}

/** A menu and its button. */
export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  const id = useId();
  const [opened, setOpened] = useState<Opened | null>(null);
  const open = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setOpened(opened === null ? { anchor: currentTarget, focused } : null);
  };
  const button = trigger as ReactElement<Record<string, unknown>>;
  const wired = {
    onClick: open,
    'aria-haspopup': 'menu',
    'aria-expanded': opened !== null,
    ...(opened === null ? {} : { 'aria-controls': id }),
  };
  const close = (isBack: boolean) => {
    setOpened(null);
    const back = opened?.focused;
    if (isBack) (back !== null && back !== undefined && back !== document.body ? back : opened?.anchor)?.focus({ preventScroll: true });
  };
  return (
    <>
      {cloneElement(button, wired)}
      {opened === null ? null : <List id={id} items={items} anchor={opened.anchor} align={align} onClose={close} />}
    </>
  );
}

interface ListProps {
  readonly id: string;
  readonly items: readonly (MenuItem | null)[];
  readonly anchor: HTMLElement;
  readonly align: 'start' | 'end';
  /** @param isBack true when the focus returns to where it was */
  onClose(isBack: boolean): void;
}

function List({ id, items, anchor, align, onClose }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = list.current;
    if (menu === null) return;
    menu.showPopover();
    placeBeside(menu, anchor.getBoundingClientRect(), { side: 'below', align, gap: 4 });
    choices(menu)[0]?.focus();
  }, [anchor, align]);
  // A focus that goes away with the menu would be nowhere; who pressed elsewhere takes it from there.
  useOutside(list, anchor, () => onClose(list.current?.contains(document.activeElement) === true));
  const onKeyDown = (event: KeyboardEvent) => {
    const isTab = event.key === 'Tab';
    if (event.key === 'Escape' || isTab) onClose(true);
    else if (list.current === null || !move(event, choices(list.current))) return;
    if (!isTab) event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      id={id}
      className={styles.popup}
      popover="manual"
      role="menu"
      aria-label={anchor.ariaLabel ?? anchor.textContent}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onClick={(event) => event.stopPropagation()}
    >
      {items.map((item, at) =>
        item === null ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no name
          <hr key={at} className={styles.line} />
        ) : (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={item.tone === 'danger' ? `${styles.item} ${styles.danger}` : styles.item}
            disabled={item.disabled ?? false}
            onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
            onClick={() => {
              onClose(true);
              item.onSelect();
            }}
          >
            {item.icon === undefined ? null : <Icon name={item.icon} size={16} />}
            {item.label}
          </button>
        ),
      )}
    </div>
  );
}

function choices(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)')];
}

/** Moves the focus by a key. False for keys that do not. */
function move({ key }: KeyboardEvent, all: readonly HTMLElement[]): boolean {
  const now = all.indexOf(document.activeElement as HTMLElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: now + 1,
    ArrowUp: now <= 0 ? all.length - 1 : now - 1,
    Home: 0,
    End: all.length - 1,
  };
  const to = steps[key];
  if (to !== undefined) all[to % all.length]?.focus();
  else if (key.length === 1 && key !== ' ') {
    const rest = [...all.slice(now + 1), ...all.slice(0, now + 1)];
    rest.find((one) => one.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
  } else return false;
  return true;
}

/** Calls `then` when something else is pressed, when the window is left or another size, or what is behind scrolls. */
function useOutside(list: { readonly current: HTMLElement | null }, anchor: HTMLElement, then: () => void): void {
  const latest = useRef(then);
  latest.current = then;
  useLayoutEffect(() => {
    const ending = new AbortController();
    const options = { signal: ending.signal, capture: true };
    const check = ({ target }: Event) => {
      if (target instanceof Node && (list.current?.contains(target) === true || anchor.contains(target))) return;
      latest.current();
    };
    document.addEventListener('pointerdown', check, options);
    document.addEventListener('scroll', check, options);
    window.addEventListener('resize', check, options);
    window.addEventListener('blur', check, options);
    return () => ending.abort();
  }, [list, anchor]);
}
