// Short news about what was just done. Seen for a while, said to screen readers, never the only place of something important.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../words/use-words.ts';
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

/** How long a toast is seen, ms: enough to read two lines twice. */
const SEEN_MS = 6_000;
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
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const last = useRef(0);
  const close = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const say = useCallback(
    (text: string, tone: Tone = 'info') => {
      last.current += 1;
      const id = last.current;
      setToasts((now) => [...now, { id, text, tone }].slice(-MOST_SEEN));
      if (tone !== 'bad') setTimeout(() => close(id), SEEN_MS);
    },
    [close],
  );
  useEffect(() => {
    if (!isOpen) setToasts([]);
  }, [isOpen]);
  const value = useMemo(() => ({ say }), [say]);
  return (
    <Context value={value}>
      {children}
      <section className={styles.place} role="log" aria-live="polite" aria-label={t('news')}>
        {toasts.map(({ id, text, tone }) => (
          <div key={id} className={`${styles.toast} ${styles[tone]}`}>
            <Icon name={tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'warning'} />
            <span className={styles.text}>{text}</span>
            <IconButton icon="close" label={t('close')} onClick={() => close(id)} />
          </div>
        ))}
      </section>
    </Context>
  );
}
