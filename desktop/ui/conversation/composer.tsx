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
import { charactersOver, leftAfter, MAX_KEPT_UNITS, sendable, unsent } from './text-size.ts';
import type { Typing } from './typing.ts';
import type { TypingTold } from './typing-told.ts';
import { useTyping } from './use-typing.ts';
import { useTypingTold } from './use-typing-told.ts';

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
  const look = useCallback((text: string) => {
    setEmpty(sendable(text) === '');
    const over = charactersOver(sendable(text));
    setNote(over === 0 ? null : { kind: 'long', over, unsaved: text.length > MAX_KEPT_UNITS });
  }, []);
  const typing = useTyping(account, field, look);
  const told = useTypingTold(account);

  const client = useClient();
  const onLeft = (text: string) => client.keepUnsent(account, text);
  const send = useSending(account, field, { sending, onSent, typing, told, look, setNote, onLeft });
  const onText = (text: string) => {
    typing.typed(text);
    told.typed(text);
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
          label={t('send')}
          disabled={isEmpty || note?.kind === 'long'}
          onClick={() => {
            // With nothing left to send the button would lose the focus.
            field.current?.focus();
            void send();
          }}
        />
      </div>
    </div>
  );
}

interface SendParts extends Pick<ComposerProps, 'sending' | 'onSent'> {
  readonly typing: Typing;
  readonly told: TypingTold;
  look(text: string): void;
  setNote(note: Note): void;
  /** The field is gone, and this was not sent. */
  onLeft(text: string): void;
}

/** Sends what is in the field. What is sent while the one before is on its way is a message of its own, and goes after it. */
function useSending(account: string, field: RefObject<HTMLTextAreaElement | null>, parts: SendParts): () => Promise<void> {
  /** What is to be sent, as it stands in the field; after a failure it is tried again as it was, so that nothing is said twice. */
  const pending = useRef<readonly string[]>([]);
  const isSending = useRef(false);
  const { sending, onSent, typing, told, look, setNote, onLeft } = parts;
  const sendAll = async (box: HTMLTextAreaElement) => {
    for (let [whole] = pending.current; whole !== undefined; [whole] = pending.current) {
      onSent(await sending.send(account, sendable(whole)));
      pending.current = pending.current.slice(1);
      // Who came back meanwhile has a field of their own.
      if (field.current !== box) return;
      box.value = leftAfter(box.value, whole);
      look(box.value);
    }
  };
  return async () => {
    const box = field.current;
    if (box === null) return;
    // What was changed since it failed is another text.
    if (!isSending.current && unsent(box.value, pending.current) === null) pending.current = [];
    const rest = sendable(unsent(box.value, pending.current) ?? '');
    if (rest !== '' && charactersOver(rest) === 0) pending.current = [...pending.current, unsent(box.value, pending.current) ?? ''];
    if (isSending.current || pending.current.length === 0) return;
    isSending.current = true;
    typing.sent();
    told.stopped();
    setNote(null);
    await sendAll(box).catch((error: unknown) => setNote({ kind: 'fault', error }));
    isSending.current = false;
    // Whoever went away meanwhile finds what was not sent as a draft.
    if (field.current !== box) return onLeft(pending.current.join(''));
    typing.typed(box.value);
    if (box.value === '') typing.flush();
  };
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
