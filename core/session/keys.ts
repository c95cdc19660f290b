// Where the session part keeps its state, in the one encoding of keys the store knows; the sealed store underneath blinds them.
import type { Bytes } from '../base/bytes.ts';
import { plainKey } from '../store/keys.ts';

/** The closed list of what the session part stores. */
export type SessionKeyKind =
  | 'session'
  | 'manifest'
  | 'retired'
  | 'accounts'
  | 'name'
  | 'prekeys'
  | 'ec'
  | 'signed'
  | 'kyber'
  | 'used'
  | 'used-list'
  | 'new-session';

/** The plain key of kind `session-<kind>`; numbers stand as decimals. */
export function sessionKey(kind: SessionKeyKind, ...parts: readonly (string | number | Uint8Array)[]): Bytes {
  return plainKey(
    `session-${kind}`,
    parts.map((part) => (typeof part === 'number' ? `${part}` : part)),
  );
}
