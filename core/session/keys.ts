// Where the session part keeps its state: plain readable keys; the sealed store underneath blinds the telling ones.
import { type Bytes, hex, utf8 } from '../base/bytes.ts';

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

/** `session/<kind>/<part>/…`; bytes stand as hex, numbers as decimals. */
export function sessionKey(kind: SessionKeyKind, ...parts: readonly (string | number | Uint8Array)[]): Bytes {
  let key = `session/${kind}`;
  for (const part of parts) key += `/${part instanceof Uint8Array ? hex(part) : part}`;
  return utf8(key);
}
