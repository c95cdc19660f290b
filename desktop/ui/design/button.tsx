// Buttons: with words, or with an icon and a name that is shown on hover and said to who cannot see it.
import type { ButtonHTMLAttributes, MouseEvent, Ref } from 'react';
import styles from './button.module.css';
import { Icon, type IconName } from './icon.tsx';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';

type Native = ButtonHTMLAttributes<HTMLButtonElement> & { readonly ref?: Ref<HTMLButtonElement> };

/** What a button takes, beside everything of a `<button>`. */
export interface ButtonProps extends Native {
  /** `primary`: the one thing to do here; `plain`: an edge; `quiet`: only words; `danger`: it cannot be undone. Plain unless told. */
  readonly variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** `l` for the one button of a screen. */
  readonly size?: 's' | 'm' | 'l';
  readonly icon?: IconName;
  /** Turns, and cannot be pressed again. It keeps the focus: a disabled button would lose it. */
  readonly busy?: boolean;
  /** As wide as there is room. */
  readonly wide?: boolean;
}

/** A button with words. A form is sent only by `type="submit"`. */
export function Button({
  variant = 'plain',
  size = 'm',
  icon,
  busy = false,
  wide = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const classes = [styles.button, styles[variant], styles[size], wide ? styles.wide : '', className ?? ''].join(' ');
  return (
    <button
      type="button"
      {...rest}
      className={classes}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? refuse : onClick}
    >
      {busy ? <Spinner size={16} /> : icon === undefined ? null : <Icon name={icon} size={size === 's' ? 16 : 20} />}
      <span className={styles.words}>{children}</span>
    </button>
  );
}

/** Neither the press nor what it would send. */
function refuse(event: MouseEvent): void {
  event.preventDefault();
}

/** What an icon button takes, beside everything of a `<button>`. */
export interface IconButtonProps extends Omit<Native, 'children'> {
  /** Its name: shown on hover and focus, said by screen readers. */
  readonly label: string;
  readonly icon: IconName;
  readonly variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** Keys that do the same, shown beside the name ("Ctrl+K"). */
  readonly keys?: string;
}

/** A button with an icon. */
export function IconButton({ label, icon, variant = 'quiet', keys, className, ...rest }: IconButtonProps) {
  const classes = [styles.button, styles.square, styles[variant], className ?? ''].join(' ');
  return (
    <Tooltip text={keys === undefined ? label : `${label} · ${keys}`}>
      <button type="button" {...rest} className={classes} aria-label={label}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
