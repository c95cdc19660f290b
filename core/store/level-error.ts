// LevelDB's and the system's errors as codes of our closed list, with the cause kept.
import { type ErrorCode, SottoError } from '../base/errors.ts';

const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['LEVEL_LOCKED', 'STORE_LOCKED'],
  ['LEVEL_CORRUPTION', 'STORE_DAMAGED'],
]);

/** The SottoError of anything LevelDB or the file system throws: STORE_LOCKED, STORE_DAMAGED, else STORE_FAILED. */
export function levelError(cause: unknown): SottoError {
  if (cause instanceof SottoError) return cause;
  for (const code of codes(cause)) {
    const ours = CODES.get(code);
    if (ours !== undefined) return new SottoError(ours, undefined, cause);
  }
  return new SottoError('STORE_FAILED', undefined, cause);
}

/** The codes of an error and of its causes, outermost first. */
function* codes(error: unknown): Iterable<string> {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') yield at.code;
  }
}
