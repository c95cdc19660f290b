// Waiting for the engine to come back, for what a person asked meanwhile.
import { SottoError } from '../../../core/base/errors.ts';
import type { LineState } from './engine-line.ts';
import type { Readable } from './readable.ts';

/** How long a person who asked for something waits for an engine that starts again, ms; then it is said that it did not work. */
export const HELD_MS = 10_000;

/** Resolves when the line is there: at once, or when it is back. @throws CLOSED when that takes too long */
export function whenConnected(line: Readable<LineState>): Promise<void> {
  if (line.get() === 'connected') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      stop();
    };
    const stop = line.subscribe(() => {
      if (line.get() !== 'connected') return;
      done();
      resolve();
    });
    const timer = setTimeout(() => {
      done();
      reject(new SottoError('CLOSED'));
    }, HELD_MS);
  });
}
