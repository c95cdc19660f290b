// The field to write in. Knows nothing of the list and is not rendered with it: a key is the field's own affair. The text stays until the
// engine has it on the disk; every other text is kept as a draft.
import { type KeyboardEvent, lazy, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { Message } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { IconButton } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './composer.module.css';
import { ComposerNote, type Note } from './composer-note.tsx';
import type { Sending } from './sending.ts';
import { bytesOver, leftAfter, MAX_KEPT_UNITS, sendable } from './text-size.ts';
import { useTyping } from './use-typing.ts';

const EmojiPicker = lazy(async () => ({ default: (await import('./emoji-picker.tsx')).EmojiPicker }));

/** What a composer takes; one for each account. */
export interface ComposerProps {
  readonly account: string;
  readonly sending: Sending;
  /** The engine has it. */
  onSent(message: Message): void;
}

/** See the head of this file. */
export function Composer({ account, sending, onSent }: ComposerProps) {
  const t = useWords('conversation');
  const field = useRef<HTMLTextAreaElement>(null);
  const [isEmpty, setEmpty] = useState(true);
  const [note, setNote] = useState<Note>(null);
  const [isSending, setSending] = useState(false);
  const look = useCallback((text: string) => {
    setEmpty(sendable(text) === '');
    const over = bytesOver(sendable(text));
    setNote(over === 0 ? null : { kind: 'long', over, unsaved: text.length > MAX_KEPT_UNITS });
  }, []);
  const typing = useTyping(account, field, look);

  const send = async () => {
    const box = field.current;
    const text = sendable(box?.value ?? '');
    if (box === null || isSending || text === '' || bytesOver(text) > 0) return;
    const whole = box.value;
    setSending(true);
    typing.sent();
    try {
      onSent(await sending.send(account, text));
      // Who came back meanwhile has a field of their own.
      if (field.current !== box) return;
      box.value = leftAfter(box.value, whole);
      typing.typed(box.value);
      typing.flush();
      look(box.value);
    } catch (error) {
      setNote({ kind: 'fault', error });
      typing.typed(box.value);
    } finally {
      setSending(false);
    }
  };
  const onText = (text: string) => {
    typing.typed(text);
    look(text);
  };
  return (
    <div className={styles.composer} data-pane="composer">
      <ComposerNote note={note} onRetry={() => void send()} />
      <div className={styles.row}>
        <EmojiButton field={field} />
        <Field field={field} onSend={() => void send()} onText={onText} onLeave={() => typing.flush()} />
        <IconButton
          icon="send"
          variant="primary"
          className={styles.send ?? ''}
          label={t(isSending ? 'sending' : 'send')}
          aria-disabled={isSending || undefined}
          disabled={isEmpty || note?.kind === 'long'}
          onClick={() => void send().then(() => field.current?.focus())}
        />
      </div>
    </div>
  );
}

/** Whether the style sheet alone lets a field grow with its text; where it does not, it grows with its lines. */
const GROWS = CSS.supports('field-sizing', 'content');
const MOST_ROWS = 8;

interface FieldParts {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  onSend(): void;
  onText(text: string): void;
  onLeave(): void;
}

function Field({ field, onSend, onText, onLeave }: FieldParts) {
  const t = useWords('conversation');
  const { enterSends } = useReadable(useClient().preferences);
  const onKeyDown = (event: KeyboardEvent) => {
    // An Enter that ends a composition chooses a word; it sends nothing.
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.altKey) return;
    const isMod = event.ctrlKey || event.metaKey;
    if (event.shiftKey || (!enterSends && !isMod)) return;
    event.preventDefault();
    onSend();
  };
  useEffect(() => {
    // Where fingers write, a keyboard that jumps up hides what is to be read.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, [field]);
  return (
    <textarea
      ref={field}
      className={styles.field}
      rows={1}
      dir="auto"
      aria-label={t('write')}
      placeholder={t('write')}
      autoComplete="off"
      onChange={(event) => {
        if (!GROWS) event.target.rows = Math.min(MOST_ROWS, event.target.value.split('\n').length);
        onText(event.target.value);
      }}
      onKeyDown={onKeyDown}
      onBlur={onLeave}
      data-composer
    />
  );
}

function EmojiButton({ field }: { readonly field: RefObject<HTMLTextAreaElement | null> }) {
  const t = useWords('conversation');
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLSpanElement>(null);
  const insert = (emoji: string) => {
    const box = field.current;
    if (box === null) return;
    box.focus();
    box.setRangeText(emoji, box.selectionStart, box.selectionEnd, 'end');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  return (
    <span ref={button} className={styles.emoji}>
      <IconButton icon="emoji" label={t('emoji')} aria-expanded={isOpen} aria-haspopup="dialog" onClick={() => setOpen(!isOpen)} />
      {isOpen ? (
        <Suspense fallback={null}>
          <EmojiPicker
            anchor={button}
            onPick={insert}
            onClose={() => {
              setOpen(false);
              field.current?.focus();
            }}
          />
        </Suspense>
      ) : null}
    </span>
  );
}
