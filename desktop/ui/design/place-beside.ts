// Puts something that floats (a menu, a name) beside what it belongs to, inside the window, along the line of reading.

/** Room kept to the edges of the window, px. */
const MARGIN = 8;

/** Where it is to stand. */
export interface Beside {
  /** Side of the anchor that is tried first; the other where there is no room. */
  readonly side: 'above' | 'below';
  /** Which edges are brought in line. */
  readonly align: 'start' | 'end' | 'center';
  /** Distance, px. */
  readonly gap: number;
}

/** Sets `left`, `top` and the largest height of `floating`, which is `position: fixed` and shown already. */
export function placeBeside(floating: HTMLElement, anchor: DOMRect, { side, align, gap }: Beside): void {
  const { innerWidth, innerHeight } = window;
  const above = anchor.top - gap - MARGIN;
  const below = innerHeight - anchor.bottom - gap - MARGIN;
  const { offsetWidth: width, offsetHeight: height } = floating;
  const wanted = side === 'above' ? above : below;
  const isAbove = (side === 'above') === (height <= wanted || wanted >= Math.max(above, below));
  const most = Math.max(isAbove ? above : below, 0);
  const isFromRight = getComputedStyle(floating).direction === 'rtl';
  const atLeft =
    align === 'center'
      ? anchor.left + (anchor.width - width) / 2
      : (align === 'start') === isFromRight
        ? anchor.right - width
        : anchor.left;
  floating.style.maxBlockSize = `${most}px`;
  floating.style.left = `${Math.max(MARGIN, Math.min(atLeft, innerWidth - width - MARGIN))}px`;
  floating.style.top = `${isAbove ? anchor.top - gap - Math.min(height, most) : anchor.bottom + gap}px`;
}
