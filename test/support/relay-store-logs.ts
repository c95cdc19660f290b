// Logs whose capabilities follow from a name, so that two processes mean the same one.
import { type Bytes, utf8 } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/base/hash.ts';
import { logId } from '../../core/wire/capability.ts';
import type { LogSpec } from '../../relay/store/store.ts';

/** 32 bytes that follow from a name. */
export function named(name: string): Bytes {
  return sha256(utf8(name));
}

/** The log of this name. */
export function logNamed(name: string): LogSpec {
  const hashes = { read: named(`${name} read`), append: named(`${name} append`), manage: named(`${name} manage`) };
  const nonce = named(`${name} nonce`).slice(0, 16);
  return { id: logId(nonce, hashes), nonce, ...hashes };
}
