// Doing something with the engine from a button: busy while it runs, and why it failed as a code of the closed list, never as raw text.
import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorCode, isSottoError } from '../../../core/base/errors.ts';

/** An attempt and how it went. */
export interface Attempt {
  readonly busy: boolean;
  /** Of the last run; null: it went well, or nothing was tried since `clear`. */
  readonly error: ErrorCode | null;
  /** Runs it unless one is running. Answers true when it went well. */
  run(task: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

/** The code of anything thrown. */
export function codeOf(error: unknown): ErrorCode {
  return isSottoError(error) ? error.code : 'INTERNAL';
}

/** One attempt at a time. */
export function useAttempt(): Attempt {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorCode | null>(null);
  const running = useRef(false);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const run = useCallback(async (task: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await task();
      return true;
    } catch (cause) {
      if (!gone.current) setError(codeOf(cause));
      return false;
    } finally {
      running.current = false;
      if (!gone.current) setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}
