// How much of itself a test does that repeats. What it claims is the same in every size: only the rounds differ, and where they stop.

/** `usual` is `npm test`, for people; `full` is FULL=1, which CI always runs as well; `slow` is SLOW=1, for whoever has hours. */
export type Size = 'usual' | 'full' | 'slow';

/** The size of this run. */
export const size: Size = process.env.SLOW === '1' ? 'slow' : process.env.FULL === '1' ? 'full' : 'usual';

/** What belongs to the size of this run. */
export function bySize<T>(sizes: Readonly<Record<Size, T>>): T {
  return sizes[size];
}
