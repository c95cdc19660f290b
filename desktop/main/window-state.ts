// Where the window was and how large, kept over restarts. Says nothing about anybody; a file that makes no sense is as good as none.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rectangle } from 'electron';
import * as v from 'valibot';

/** Smallest window that shows everything, px. */
export const SMALLEST = { width: 360, height: 480 } as const;
const FIRST = { width: 1_100, height: 760, maximized: false } as const;
/** Of the window's top edge at least so much must be on a screen, px: else nobody can take hold of it. */
const GRIP = 80;

const pixels = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const schema = v.strictObject({
  x: v.exactOptional(pixels),
  y: v.exactOptional(pixels),
  width: v.pipe(pixels, v.minValue(SMALLEST.width)),
  height: v.pipe(pixels, v.minValue(SMALLEST.height)),
  maximized: v.boolean(),
});

/** Where the window is to be; without a place the system chooses one. */
export type WindowState = v.InferOutput<typeof schema>;

const fileIn = (folder: string) => join(folder, 'window.json');

/** What was kept, moved back where a screen is. @param screens work areas of all screens there are now */
export function readWindowState(folder: string, screens: readonly Rectangle[]): WindowState {
  try {
    const kept = v.parse(schema, JSON.parse(readFileSync(fileIn(folder), 'utf8')));
    const { width, height, maximized } = kept;
    return isOnScreen(kept, screens) ? kept : { width, height, maximized };
  } catch {
    return FIRST;
  }
}

/** Keeps it; a disk that refuses is no reason to bother anybody. */
export function keepWindowState(folder: string, { x, y, width, height }: Rectangle, maximized: boolean): void {
  try {
    writeFileSync(fileIn(folder), JSON.stringify({ x, y, width, height, maximized }), { mode: 0o600 });
  } catch {
    // The window will be where the system puts it.
  }
}

function isOnScreen({ x, y, width }: WindowState, screens: readonly Rectangle[]): boolean {
  if (x === undefined || y === undefined) return false;
  return screens.some((screen) => {
    const shared = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
    return shared >= GRIP && y >= screen.y && y <= screen.y + screen.height - GRIP;
  });
}
