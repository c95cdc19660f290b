// The name of something without words, after a moment of hovering or on focus by keyboard. One for the whole page: what has a name to show
// carries it in `data-tip`. Never the only place where something is said, and closed by Escape.
import { cloneElement, type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { placeBeside } from './place-beside.ts';
import styles from './tooltip.module.css';

/** Hovering before a name is shown, ms; none while one was shown a moment ago. */
const WAIT_MS = 500;
const MOMENT_MS = 300;

/** Shows `text` beside its one child, an element that can be focused. The child must have a name of its own. */
export function Tooltip({ text, children }: { readonly text: string; readonly children: ReactElement }) {
  return cloneElement(children as ReactElement<{ 'data-tip'?: string }>, { 'data-tip': text });
}

/** Around the page: shows the names. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => (tip.current === null ? undefined : listen(tip.current)), []);
  return (
    <>
      {children}
      <div ref={tip} className={styles.popup} popover="manual" aria-hidden="true" />
    </>
  );
}

function listen(tip: HTMLElement): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shownFor: Element | null = null;
  let hiddenAt = 0;
  const hide = () => {
    clearTimeout(timer);
    if (shownFor !== null) hiddenAt = performance.now();
    shownFor = null;
    if (tip.matches(':popover-open')) tip.hidePopover();
  };
  const show = (target: HTMLElement) => {
    if (!target.isConnected) return;
    shownFor = target;
    tip.textContent = target.dataset.tip ?? '';
    tip.showPopover();
    placeBeside(tip, target.getBoundingClientRect(), { side: 'above', align: 'center', gap: 6 });
  };
  const soon = (event: Event, wait: number) => {
    const target = (event.target as Element).closest<HTMLElement>('[data-tip]');
    if (target === shownFor && target !== null) return;
    hide();
    if (target === null || target.ariaExpanded === 'true') return;
    timer = setTimeout(() => show(target), performance.now() - hiddenAt < MOMENT_MS ? 0 : wait);
  };
  document.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && soon(event, WAIT_MS), { signal });
  document.addEventListener('focusin', (event) => (event.target as Element).matches(':focus-visible') && soon(event, WAIT_MS), { signal });
  for (const over of ['pointerdown', 'focusout', 'scroll', 'pointerleave'])
    document.addEventListener(over, hide, { signal, capture: true, passive: true });
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), { signal });
  return () => {
    hide();
    ending.abort();
  };
}
