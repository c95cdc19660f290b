// The icons, all drawn by one hand: a 20-pixel square, one line of 1.6, round ends. They take the colour of the text around them.
import { memo } from 'react';
import styles from './icon.module.css';

/** Lines of each icon. Those that point somewhere along the line of reading are in TURNING. */
const PATHS = {
  back: 'M12 4.5 6.5 10l5.5 5.5',
  bell: 'M5 13.5h10M6 13.5V9a4 4 0 0 1 8 0v4.5M8.8 16.3h2.4',
  'bell-off': 'M6 13.5V9c0-.8.2-1.5.6-2.1M8.6 5.3A4 4 0 0 1 14 9v2M5 13.5h8M8.8 16.3h2.4M4 4l12 12',
  block: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM5.5 5.5l9 9',
  chat: 'M10 4c4 0 6.8 2.4 6.8 5.7s-2.8 5.7-6.8 5.7c-.8 0-1.6-.1-2.3-.3L4 16.5l.9-3C3.8 12.5 3.2 11.2 3.2 9.7 3.2 6.4 6 4 10 4Z',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  checks: 'm2 10.5 3.3 3.5 6.4-7.5M9.5 13.2l.8.8 7.2-7.5',
  'chevron-down': 'm5.5 8 4.5 4.5L14.5 8',
  'chevron-right': 'm8 5.5 4.5 4.5L8 14.5',
  'chevron-up': 'm5.5 12 4.5-4.5 4.5 4.5',
  clock: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM10 6.5V10l2.5 1.7',
  close: 'm5.5 5.5 9 9M14.5 5.5l-9 9',
  command:
    'M7.5 7.5h5v5h-5ZM7.5 7.5H6a1.9 1.9 0 1 1 1.5-1.9ZM12.5 7.5V5.6a1.9 1.9 0 1 1 1.9 1.9ZM12.5 12.5h1.9a1.9 1.9 0 1 1-1.9 1.9ZM7.5 12.5v1.9a1.9 1.9 0 1 1-1.9-1.9Z',
  copy: 'M8 7.5h7.5v8.5H8ZM12 7.5V4H4.5v8.5H8',
  device: 'M4 4.5h12v8.5H4ZM7.5 16h5M10 13v3',
  direct: 'M3.5 7.5h12M12.5 4.5l3 3-3 3M16.5 12.5h-12M7.5 9.8l-3 2.7 3 3',
  download: 'M10 3.5v9M6.5 9.2 10 12.7l3.5-3.5M4 16.3h12',
  edit: 'm4 16 .7-3.3 8.5-8.5 2.6 2.6-8.5 8.5ZM11.5 6l2.5 2.5',
  emoji: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM7.2 11.7c1.3 2 4.3 2 5.6 0M7.7 8.2v.1M12.3 8.2v.1',
  external: 'M8.5 4.5H4.5v11h11v-4M11.5 4.5h4v4M15.2 4.8 9.5 10.5',
  eye: 'M2.5 10S5.2 5.2 10 5.2 17.5 10 17.5 10 14.8 14.8 10 14.8 2.5 10 2.5 10ZM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z',
  'eye-off':
    'M8.2 5.4A8 8 0 0 1 10 5.2c4.8 0 7.5 4.8 7.5 4.8s-.7 1.3-2 2.5M12.7 14.3c-.8.3-1.7.5-2.7.5-4.8 0-7.5-4.8-7.5-4.8s1-1.8 2.9-3.2M8.5 8.4a2.2 2.2 0 0 0 3.1 3.1M4 4l12 12',
  globe: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM3.7 10h12.6M10 3.5c-4 4.3-4 8.7 0 13M10 3.5c4 4.3 4 8.7 0 13',
  help: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8.1 8.2c.2-2.3 3.9-2.2 3.9.1 0 1.5-2 1.5-2 3M10 13.5v.1',
  inbox: 'M3.5 11 5.5 4.5h9L16.5 11v4.5h-13ZM3.5 11h3.7l1 2h3.6l1-2h3.7',
  info: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM10 9.5v4M10 6.7v.1',
  key: 'M7 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10.5 10h6.5v2.5M14 10v2',
  keyboard: 'M2.8 5.5h14.4v9H2.8ZM5.7 8.4v.1M8.6 8.4v.1M11.5 8.4v.1M14.4 8.4v.1M7 11.6h6',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0L4.5 11.2a3 3 0 0 0 4.3 4.3l1-1',
  lock: 'M5 9h10v7H5ZM7 9V6.8a3 3 0 0 1 6 0V9',
  moon: 'M16 11.8A6.6 6.6 0 0 1 8.2 4 6.6 6.6 0 1 0 16 11.8Z',
  more: 'M4.8 10v.1M10 10v.1M15.2 10v.1',
  offline:
    'M3 7.8a10.5 10.5 0 0 1 3-2M9 5a10.4 10.4 0 0 1 8 2.8M5.5 10.6c.9-.9 2-1.5 3.2-1.8M13.5 9.9l1 .7M8.2 13.3a2.7 2.7 0 0 1 3.6 0M10 16v.1M4 4l12 12',
  plus: 'M10 4.5v11M4.5 10h11',
  qr: 'M3.8 3.8h4.8v4.8H3.8ZM11.4 3.8h4.8v4.8h-4.8ZM3.8 11.4h4.8v4.8H3.8ZM11.4 11.4h1.6v1.6M16.2 11.4v1.6M11.4 16.2h1.6M14.6 14.6h1.6v1.6',
  refresh: 'M15.8 8.5A6.2 6.2 0 0 0 4.4 7.3M4 4.2v3.3h3.3M4.2 11.5a6.2 6.2 0 0 0 11.4 1.2M16 15.8v-3.3h-3.3',
  relay:
    'M10 9.7v7M7.5 16.7h5M10 9.7a1.3 1.3 0 1 0 0-2.6 1.3 1.3 0 0 0 0 2.6ZM6.9 11.5a4.4 4.4 0 0 1 0-6.2M13.1 5.3a4.4 4.4 0 0 1 0 6.2M4.6 13.8a7.6 7.6 0 0 1 0-10.8M15.4 3a7.6 7.6 0 0 1 0 10.8',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l3.5 3.5',
  send: 'M10 16V4.5M5 9.3l5-5 5 5',
  settings: 'M3.5 6.5h6M13.5 6.5h3M3.5 13.5h3M10.5 13.5h6M11.5 8.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8.5 15.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  shield: 'M10 3.2 15.8 5v4.6c0 3.4-2.3 5.9-5.8 7.2-3.5-1.3-5.8-3.8-5.8-7.2V5Z',
  'shield-check': 'M10 3.2 15.8 5v4.6c0 3.4-2.3 5.9-5.8 7.2-3.5-1.3-5.8-3.8-5.8-7.2V5ZM7.3 9.9l2 2 3.6-4',
  storage:
    'M4 5.7C4 4.5 6.7 3.5 10 3.5s6 1 6 2.2-2.7 2.2-6 2.2-6-1-6-2.2ZM4 5.7v8.6c0 1.2 2.7 2.2 6 2.2s6-1 6-2.2V5.7M4 10c0 1.2 2.7 2.2 6 2.2s6-1 6-2.2',
  sun: 'M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM10 2.5v1.3M10 16.2v1.3M2.5 10h1.3M16.2 10h1.3M4.7 4.7l.9.9M14.4 14.4l.9.9M15.3 4.7l-.9.9M5.6 14.4l-.9.9',
  'to-end': 'M10 4v9M5.8 9 10 13.2 14.2 9M5 16.5h10',
  trash: 'M4 5.5h12M8 5.5V3.7h4v1.8M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5l.2 5M11.5 8.5l-.2 5',
  user: 'M10 9.7a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.5c.4-3 2.9-4.6 6-4.6s5.6 1.6 6 4.6',
  'user-plus': 'M8.5 9.7a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.7 16.5c.4-3 2.8-4.6 5.8-4.6 1.5 0 2.9.4 3.9 1.2M15 11.5v5M12.5 14h5',
  warning: 'M10 3.5 17.3 16H2.7ZM10 8v3.7M10 13.7v.1',
} as const;

/** The icons there are. */
export type IconName = keyof typeof PATHS;

/** Icons that point along the line of reading: mirrored from right to left. */
const TURNING: ReadonlySet<string> = new Set(['back', 'chevron-right', 'external']);

const LINE = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.6, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

/** What an icon takes. */
export interface IconProps {
  readonly name: IconName;
  /** Side in px at normal zoom; it grows with the text. 20 unless told. */
  readonly size?: 14 | 16 | 20 | 24 | 32;
  /** What it says to who cannot see it; without it the icon is decoration beside words. */
  readonly label?: string;
}

/** An icon of the set. */
export const Icon = memo(function Icon({ name, size = 20, label }: IconProps) {
  const side = `${size / 16}rem`;
  const className = TURNING.has(name) ? `${styles.icon} ${styles.turning}` : styles.icon;
  if (label === undefined)
    return (
      <svg className={className} width={side} height={side} viewBox="0 0 20 20" {...LINE} aria-hidden="true">
        <path d={PATHS[name]} />
      </svg>
    );
  return (
    <svg className={className} width={side} height={side} viewBox="0 0 20 20" {...LINE} role="img" aria-label={label}>
      <path d={PATHS[name]} />
    </svg>
  );
});
