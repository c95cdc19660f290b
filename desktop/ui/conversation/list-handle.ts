// What the rest of a conversation asks of the virtual list, whichever it is.

/** Where a virtual list is scrolled, px, and the ways to scroll it. */
export interface ListHandle {
  readonly scrollOffset: number;
  readonly scrollSize: number;
  readonly viewportSize: number;
  /** Index of the row at an offset. */
  findItemIndex(offset: number): number;
  scrollToIndex(index: number, options: { readonly align: 'start' | 'end' | 'nearest'; readonly offset?: number }): void;
}
