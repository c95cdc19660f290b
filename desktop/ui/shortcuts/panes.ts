// Moving between the parts of the window by F6, to where the focus was in each.

const PANE = '[data-pane]';
const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select:not([disabled]), [tabindex="0"]';

/** Where a part begins for the focus: what it says itself, the conversation that is open, where one writes, what arrows move among; else the first thing. */
const FIRST = ['[data-pane-focus]', '[data-account][aria-current]', '[data-account]', 'textarea', '[tabindex="0"]', FOCUSABLE];

/** What had the focus last in each part. */
const last = new WeakMap<Element, HTMLElement>();

/** Remembers where the focus is in each part, until the answer is called. */
export function rememberPanes(): () => void {
  const remember = (event: FocusEvent) => {
    const { target } = event;
    const pane = target instanceof HTMLElement ? target.closest(PANE) : null;
    if (pane !== null && target instanceof HTMLElement && target !== pane) last.set(pane, target);
  };
  document.addEventListener('focusin', remember);
  return () => document.removeEventListener('focusin', remember);
}

/** Moves the focus to the next part that is seen, or the one before. Answers false where there is no other. */
export function movePane(step: 1 | -1): boolean {
  const panes = [...document.querySelectorAll<HTMLElement>(PANE)].filter((pane) => pane.checkVisibility());
  const here = panes.findLastIndex((pane) => pane.contains(document.activeElement));
  if (panes.length === 0 || (panes.length === 1 && here === 0)) return false;
  const next = here === -1 ? (step === 1 ? 0 : panes.length - 1) : (here + step + panes.length) % panes.length;
  const pane = panes[next];
  if (pane === undefined) return false;
  enter(pane);
  return true;
}

function enter(pane: HTMLElement): void {
  const before = last.get(pane);
  const first = FIRST.map((kind) => pane.querySelector<HTMLElement>(kind)).find((element) => element !== null);
  (before?.isConnected === true && before.checkVisibility() ? before : (first ?? pane)).focus();
}
