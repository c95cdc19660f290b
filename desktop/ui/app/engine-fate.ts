// What so many tries in vain mean: is the engine coming back by itself, or has a person to do something? Holds no DOM.
import type { LineState } from './engine-line.ts';

/** Tries after which it does not come back by itself: about half a minute. */
const MANY_TRIES = 8;
/** Tries of a tab that never had a line: its page was served a moment ago, so the server is there and does not know this tab. */
const FEW_TRIES = 3;

/** `awaited`: there, or coming. `gone`: it will not come by itself. `unknown`: it is there and does not let this tab in. */
export type EngineFate = 'awaited' | 'gone' | 'unknown';

/** @param tries in a row that found no engine @param isDesktop the shell starts the engine again by itself */
export function fateOf(line: LineState, tries: number, isDesktop: boolean): EngineFate {
  if (line === 'connected') return 'awaited';
  if (line === 'connecting' && !isDesktop) return tries >= FEW_TRIES ? 'unknown' : 'awaited';
  return tries >= MANY_TRIES ? 'gone' : 'awaited';
}
