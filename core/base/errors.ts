// The one error class of Sotto and the closed list of its codes. Codes are a contract; the sentences may change.

/** What each code means, as one plain sentence that a person can act on. */
export const ERROR_CODES = {
  BAD_INPUT: 'The input is not valid.',
  MALFORMED: 'Bytes from outside do not follow the protocol.',
  TOO_LARGE: 'It is larger than the protocol allows.',
  BAD_LINK: 'The invite link is not valid or was cut off.',
  LINK_EXPIRED: 'The invite link has expired or was revoked; ask for a new one.',
  BAD_SIGNATURE: 'A signature does not belong to the key that should have made it.',
  BAD_MANIFEST: 'The manifest of an account is not valid.',
  STALE_MANIFEST: 'The manifest is older than one already seen.',
  IDENTITY_CHANGED: 'The key of a contact is not the one seen before.',
  NOT_FOUND: 'There is no such thing.',
  AMBIGUOUS: 'The name fits more than one; use more letters.',
  NOT_ACCEPTED: 'The contact has not accepted yet.',
  BLOCKED: 'The contact is blocked.',
  ALREADY: 'It is there already.',
  NO_HOME: 'There is no account in this home folder yet; run `sotto init`.',
  HOME_BUSY: 'Another process owns this home and does not answer.',
  WRONG_PASSPHRASE: 'The passphrase is wrong.',
  WRONG_CODE: 'The recovery code is wrong.',
  STORE_DAMAGED: 'A value on the disk is not what was written there.',
  STORE_NEWER: 'This home was made by a newer Sotto; use that one to open it.',
  STORE_FAILED: 'The disk refused to read or write; free some space or check the disk, then try again.',
  LOCKED: 'It is locked; unlock it first.',
  STORE_LOCKED: 'Another process has this store open.',
  CLOSED: 'It was closed.',
  TIMEOUT: 'It took longer than allowed.',
  OFFLINE: 'The other side cannot be reached.',
  REFUSED: 'The other side refused.',
  SESSION_BROKEN: 'The encrypted session with a device is not usable.',
  NO_POST_QUANTUM: 'The session lacks the post-quantum ratchet.',
  CLONED: 'This device was rolled back or copied; sending is stopped.',
  FORKED: 'The relay showed two different histories.',
  INTERNAL: 'Something inside Sotto is wrong; please report it.',
} as const;

/** A stable code of the closed list. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * A fault with a stable code and a cause. Its message never holds keys or what people wrote.
 * An expected "no" is a value, not one of these.
 */
export class SottoError extends Error {
  readonly code: ErrorCode;

  /** @param detail what exactly, in plain words; the code's own sentence stands when it is left out */
  constructor(code: ErrorCode, detail?: string, cause?: unknown) {
    super(detail ?? ERROR_CODES[code], cause === undefined ? undefined : { cause });
    this.name = 'SottoError';
    this.code = code;
  }
}

/** True when `error` is a SottoError, with this code if one is given. */
export function isSottoError(error: unknown, code?: ErrorCode): error is SottoError {
  return error instanceof SottoError && (code === undefined || error.code === code);
}
