// Links of an inbox: each its own append capability, expiring, revocable, with a small quota (H5).
import type { Bytes } from '../../core/base/bytes.ts';
import { MAX_LINKS } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import { type Job, small } from './group-commit.ts';
import type { Heads } from './heads.ts';
import { keyOf, part32, textOf, under } from './keys.ts';
import { decodeLink, encodeLink } from './link-record.ts';
import type { LiveHead } from './live-head.ts';
import type { LinkRecord } from './store.ts';
import type { Turn } from './turn.ts';

const NOTHING = new Uint8Array(0);

/** Adds a link, or renews its terms; what was used of it stays used. False: no such log, another log's, or MAX_LINKS are there. */
export function putLink(heads: Heads, terms: Omit<LinkRecord, 'used'>): Job<boolean> {
  return small(512, async (turn) => {
    const head = await heads.get(turn, terms.log);
    if (head === null) return false;
    const key = keyOf('link', terms.linkHash);
    const record = await turn.get(key);
    const there = record === null ? null : decodeLink(terms.linkHash, record);
    if (there !== null && textOf(there.log) !== textOf(terms.log)) return false;
    if (there === null) {
      if (head.links >= MAX_LINKS) await dropExpired(turn, head);
      if (head.links >= MAX_LINKS) return false;
      head.links++;
      turn.heads.add(head);
      turn.put(keyOf('linkOfLog', terms.log, terms.linkHash), NOTHING);
    }
    turn.put(key, encodeLink({ used: 0, day: 0, taken: 0, waiting: [], ...there, ...terms }));
    return true;
  });
}

/** Takes a link back, if it is one of this log; a repeat changes nothing. */
export function revokeLink(heads: Heads, log: Bytes, linkHash: Bytes): Job<void> {
  return small(128, async (turn) => {
    const head = await heads.get(turn, log);
    const record = await turn.get(keyOf('link', linkHash));
    if (head !== null && record !== null && textOf(decodeLink(linkHash, record).log) === textOf(log)) dropLink(turn, head, linkHash);
  });
}

/** A link by its hash (32 bytes), or null. @throws STORE_FAILED */
export async function readLink(disk: Disk, linkHash: Bytes): Promise<LinkRecord | null> {
  const record = await disk.get(keyOf('link', linkHash));
  if (record === undefined) return null;
  const { log, expires, entries, entryBytes, singleUse, directory, used } = decodeLink(linkHash, record);
  return { linkHash, log, expires, entries, entryBytes, singleUse, directory, used };
}

/** Forgets a link and makes room for another. */
export function dropLink(turn: Turn, head: LiveHead, linkHash: Bytes): void {
  turn.delete(keyOf('link', linkHash));
  turn.delete(keyOf('linkOfLog', head.log, linkHash));
  head.links--;
  turn.heads.add(head);
}

async function dropExpired(turn: Turn, head: LiveHead): Promise<void> {
  const hashes = (await turn.range(under('linkOfLog', head.log), MAX_LINKS)).map(({ key }) => part32(key));
  const records = await turn.getMany(hashes.map((hash) => keyOf('link', hash)));
  for (const [at, hash] of hashes.entries()) {
    const record = records[at];
    if (record !== null && record !== undefined && decodeLink(hash, record).expires <= turn.now) dropLink(turn, head, hash);
  }
}
