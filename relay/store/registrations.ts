// Registrations and the uses of tokens: a token is used up in the very batch that binds a registration to it. What is kept is hashes.
import { type Bytes, concat, u64be } from '../../core/base/bytes.ts';
import type { Disk } from './disk.ts';
import { type Job, small } from './group-commit.ts';
import { keyOf } from './keys.ts';
import { decodeNumber, demand, part } from './records.ts';

/** When it was made (8); the hash of its token follows, or nothing. */
const HEADER_BYTES = 8;

/** A registration stays bound to the token it came with first; false when that token has been used `uses` times. An empty one is not counted. */
export function putRegistration(registrationHash: Bytes, tokenHash: Bytes, now: number, uses: number): Job<boolean> {
  return small(192, async (turn) => {
    const key = keyOf('registration', registrationHash);
    if ((await turn.get(key)) !== null) return true;
    if (tokenHash.length > 0) {
      const record = await turn.get(keyOf('token', tokenHash));
      const used = record === null ? 0 : decodeNumber(record);
      if (used >= uses) return false;
      turn.put(keyOf('token', tokenHash), u64be(used + 1));
    }
    turn.put(key, concat(u64be(now), tokenHash));
    return true;
  });
}

/** The hash of the token a registration (its hash, 32 bytes) was bound to, empty without one; null for none. @throws STORE_FAILED, STORE_DAMAGED */
export async function readRegistration(disk: Disk, registrationHash: Bytes): Promise<Bytes | null> {
  const record = await disk.get(keyOf('registration', registrationHash));
  if (record === undefined) return null;
  demand(record, HEADER_BYTES, false);
  return part(record, HEADER_BYTES, record.length);
}

/** How many registrations a token (its hash) made. @throws STORE_FAILED, STORE_DAMAGED */
export async function readTokenUses(disk: Disk, tokenHash: Bytes): Promise<number> {
  const record = await disk.get(keyOf('token', tokenHash));
  return record === undefined ? 0 : decodeNumber(record);
}
