// The face of an account: a colour from its id and letters from its name. Never loaded from anywhere.
import { memo } from 'react';
import styles from './avatar.module.css';
import { safeName } from './hostile-text.ts';

/** Colours there are, as in avatar.module.css. */
const HUES = 10;

/** What an avatar takes. */
export interface AvatarProps {
  readonly name: string;
  readonly account: string;
  /** Side in px: 24 in a line of text, 40 in lists, 80 where somebody is looked at. 40 unless told. */
  readonly size?: 24 | 32 | 40 | 56 | 80;
}

/** Decoration: the name stands beside it. */
export const Avatar = memo(function Avatar({ name, account, size = 40 }: AvatarProps) {
  const hue = Number.parseInt(account.slice(0, 6), 16) % HUES || 0;
  return (
    <span className={`${styles.avatar} ${styles[`size${size}`]} ${styles[`hue${hue}`]}`} aria-hidden="true">
      {lettersOf(name)}
    </span>
  );
});

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** First letters of the first and the last word; one sign when there is one word. */
function lettersOf(name: string): string {
  const words = safeName(name)
    .split(' ')
    .filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = chosen.map((word) => firstSign(word ?? ''));
  return letters.join('').toLocaleUpperCase() || '·';
}

function firstSign(word: string): string {
  for (const { segment } of segments.segment(word)) if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment.slice(0, 16);
  return '';
}
