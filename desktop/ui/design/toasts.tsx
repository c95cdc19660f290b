// Short news about what was just done. Seen for long enough to be read, said to screen readers, never the only place of something important.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { useAnnounce } from './announcer.tsx';
import type { Tone } from './banner.tsx';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import styles from './toasts.module.css';

/** What `useToasts` gives. */
export interface Toasts {
  /** Says it; `bad` stays until it is closed. */
  say(text: string, tone?: Tone): void;
}

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
}

/** How long a toast is seen at least, and more for each of its signs, ms: a slow reader reads ten signs a second, and has to find it first. */
const SEEN_MS = 6_000;
const SIGN_MS = 100;
/** Toasts at a time; the oldest goes. */
const MOST_SEEN = 3;

const Context = createContext<Toasts>({ say: () => {} });

/** `useToasts().say(t('copied'))`. */
export function useToasts(): Toasts {
  return useContext(Context);
}

/** Holds the place of the toasts. @param isOpen false: they are taken away, for the window is locked */
export function ToastsProvider({ isOpen, children }: { readonly isOpen: boolean; readonly children: ReactNode }) {
  const t = useWords('app');
  const announce = useAnnounce();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const last = useRef(0);
  const close = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const say = useCallback(
    (text: string, tone: Tone = 'info') => {
      last.current += 1;
      const id = last.current;
      setToasts((now) => [...now, { id, text, tone }].slice(-MOST_SEEN));
      announce(text);
    },
    [announce],
  );
  useEffect(() => {
    if (!isOpen) setToasts([]);
  }, [isOpen]);
  const value = useMemo(() => ({ say }), [say]);
  return (
    <Context value={value}>
      {children}
      {toasts.length === 0 ? null : (
        <section className={styles.place} aria-label={t('news')} data-pane="news">
          {toasts.map((toast) => (
            <Seen key={toast.id} toast={toast} onClose={close} />
          ))}
        </section>
      )}
    </Context>
  );
}

/** One toast. It waits while somebody points at it or is in it by keyboard; closed by keyboard, it gives the focus back. */
function Seen({ toast: { id, text, tone }, onClose }: { readonly toast: Toast; onClose(id: number): void }) {
  const t = useWords('app');
  const [isHeld, setHeld] = useState(false);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (tone === 'bad' || isHeld) return;
    const timer = setTimeout(() => onClose(id), SEEN_MS + SIGN_MS * text.length);
    return () => clearTimeout(timer);
  }, [id, text, tone, isHeld, onClose]);
  const close = () => {
    if (before.current instanceof HTMLElement) before.current.focus();
    onClose(id);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing itself, it only stays while it is looked at
    <div
      className={`${styles.toast} ${styles[tone]}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={({ relatedTarget }) => {
        before.current ??= relatedTarget;
        setHeld(true);
      }}
      onBlur={() => setHeld(false)}
    >
      <Icon name={tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'warning'} />
      <span className={styles.text}>{text}</span>
      <IconButton icon="close" label={t('close')} onClick={close} />
    </div>
  );
}
