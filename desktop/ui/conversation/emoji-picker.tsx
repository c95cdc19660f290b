// Chooses an emoji, by searching or by looking; all by keyboard. Loaded when it is first wanted.
import { Popover } from '@base-ui/react/popover';
import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import { TextField } from '../design/field.tsx';
import { useWords, words } from '../words/use-words.ts';
import { EMOJI, EMOJI_GROUPS, type Emoji, findEmoji } from './emoji-list.ts';
import styles from './emoji-picker.module.css';

/** What it takes. */
export interface EmojiPickerProps {
  readonly anchor: RefObject<HTMLElement | null>;
  onPick(sign: string): void;
  onClose(): void;
}

/** Chosen lately in this window; nowhere else. */
const recent: Emoji[] = [];
/** How many of them are shown: one row. */
const MOST_RECENT = 8;

/** See the head of this file. */
export function EmojiPicker({ anchor, onPick, onClose }: EmojiPickerProps) {
  const t = useWords('conversation');
  const [query, setQuery] = useState('');
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const pick = (emoji: Emoji) => {
    recent.splice(0, recent.length, ...[emoji, ...recent.filter(({ sign }) => sign !== emoji.sign)].slice(0, MOST_RECENT));
    onPick(emoji.sign);
    onClose();
  };
  const found = findEmoji(query);
  const onKeyDown = (event: KeyboardEvent) => moveByKey(event, grid.current, search.current);
  return (
    <Popover.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side="top" align="start" sideOffset={8} collisionPadding={8}>
          <Popover.Popup className={styles.popup} initialFocus={search} aria-label={t('emoji')} onKeyDown={onKeyDown}>
            <TextField label={t('emojiSearch')} hideLabel placeholder={t('emojiSearch')} value={query} onChange={setQuery} ref={search} />
            <div className={styles.grid} ref={grid}>
              {query.trim() === '' ? (
                <>
                  <Group title={t('emojiRecent')} emoji={recent} onPick={pick} />
                  {EMOJI_GROUPS.map((group) => (
                    <Group key={group} title={t(`emoji${group}`)} emoji={EMOJI[group]} onPick={pick} />
                  ))}
                </>
              ) : (
                <Group title={null} emoji={found} onPick={pick} />
              )}
              {query.trim() !== '' && found.length === 0 ? <p className={styles.none}>{t('emojiNone')}</p> : null}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface GroupProps {
  readonly title: string | null;
  readonly emoji: readonly Emoji[];
  onPick(emoji: Emoji): void;
}

function Group({ title, emoji, onPick }: GroupProps) {
  if (emoji.length === 0) return null;
  return (
    <section aria-label={title ?? undefined}>
      {title === null ? null : (
        <div className={styles.title} aria-hidden="true">
          {title}
        </div>
      )}
      <div className={styles.row}>
        {emoji.map((one) => (
          <button
            key={one.sign}
            type="button"
            className={styles.emoji}
            aria-label={nameOf(one)}
            data-tip={nameOf(one)}
            onClick={() => onPick(one)}
          >
            {one.sign}
          </button>
        ))}
      </div>
    </section>
  );
}

/** How an emoji is called: its first word of the language. */
function nameOf({ name }: Emoji): string {
  return name[words.language === 'de' ? 'de' : 'en'];
}

const COLUMNS = 8;
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };

/** Arrows go from the search to the emoji and among them; Enter in the search takes the first. */
function moveByKey(event: KeyboardEvent, grid: HTMLElement | null, search: HTMLElement | null): void {
  const all = [...(grid?.querySelectorAll<HTMLElement>('button') ?? [])];
  const at = all.indexOf(event.target as HTMLElement);
  if (event.target === search) {
    if (event.key === 'Enter') all[0]?.click();
    else if (event.key === 'ArrowDown') all[0]?.focus();
    else return;
  } else {
    const step = STEPS[event.key];
    if (step === undefined || at === -1) return;
    const turned = Math.abs(step) === 1 && document.documentElement.dir === 'rtl' ? -step : step;
    if (at + turned < 0) search?.focus();
    else all[Math.min(all.length - 1, at + turned)]?.focus();
  }
  event.preventDefault();
}
