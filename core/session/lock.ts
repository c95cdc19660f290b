// One queue per account: libsignal reuses message keys when two steps overlap, so encrypting and committing happen inside one turn.

/**
 * Runs pieces of work one after the other, in the order they came. Each must do all of it inside: open a Change, encrypt or
 * decrypt, commit. A failure is its own caller's alone. Never call it from inside its own work: that waits forever.
 */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

/** A new queue; an account has exactly one. */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
