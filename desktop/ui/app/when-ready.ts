// Waiting for the engine to come back, for what a person asked meanwhile.
import { SottoError } from '../../../core/base/errors.ts';
import type { Readable } from './readable.ts';

/** How long a person who asked for something waits for an engine that starts again, ms; then it is said that it did not work. */
export const HELD_MS = 10_000;

/** Resolves when the engine can be asked: at once, or when that is so. @throws CLOSED when it takes too long */
export function whenReady(isReady: Readable<boolean>): Promise<void> {
  if (isReady.get()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      stop();
    };
    const stop = isReady.subscribe(() => {
      if (!isReady.get()) return;
      done();
      resolve();
    });
    const timer = setTimeout(() => {
      done();
      reject(new SottoError('CLOSED'));
    }, HELD_MS);
  });
}
