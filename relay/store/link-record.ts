// A link of an inbox on disk: its terms, what was used of them, and which of its entries still wait for the inbox's owner.
import { type Bytes, concat, readU64, u32be, u64be } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';
import { demand, part, viewOf } from './records.ts';
import type { AppendRefusal, LinkRecord } from './store.ts';

/** Entries that may wait through one link whatever its terms say: the record lists them, and is rewritten with each. */
export const MAX_LINK_WAITING = 256;
const FIXED_BYTES = HASH_BYTES + 8 + 4 + 4 + 1 + 4 + 8 + 4 + 1;

/** A link as kept. */
export interface Link extends LinkRecord {
  /** Start (ms) of the day in which `taken` prekey fetches were made. */
  readonly day: number;
  readonly taken: number;
  /** Numbers of its entries, ascending, that were not acknowledged when last looked at. */
  readonly waiting: readonly number[];
}

/** A link as it lies on the disk. */
export function encodeLink(link: Link): Bytes {
  return concat(
    link.log,
    u64be(link.expires),
    u32be(link.entries),
    u32be(link.entryBytes),
    Uint8Array.of(link.singleUse ? 1 : 0),
    u32be(link.used),
    u64be(link.day),
    u32be(link.taken),
    Uint8Array.of(link.directory.length),
    link.directory,
    ...link.waiting.map(u64be),
  );
}

/** @throws STORE_DAMAGED */
export function decodeLink(linkHash: Bytes, bytes: Uint8Array): Link {
  demand(bytes, FIXED_BYTES, false);
  const view = viewOf(bytes);
  const directoryEnd = FIXED_BYTES + view.getUint8(FIXED_BYTES - 1);
  demand(bytes, directoryEnd, false);
  if ((bytes.length - directoryEnd) % 8 !== 0) throw new SottoError('STORE_DAMAGED', 'A link has an impossible length.');
  const waiting: number[] = [];
  for (let at = directoryEnd; at < bytes.length; at += 8) waiting.push(readU64(view, at));
  return {
    linkHash,
    log: part(bytes, 0, 32),
    expires: readU64(view, 32),
    entries: view.getUint32(40),
    entryBytes: view.getUint32(44),
    singleUse: view.getUint8(48) === 1,
    used: view.getUint32(49),
    day: readU64(view, 53),
    taken: view.getUint32(61),
    directory: part(bytes, FIXED_BYTES, directoryEnd),
    waiting,
  };
}

/** Why nothing of `bytes` may come through the link now, or null. @param seen highest number the inbox has acknowledged or deleted */
export function refusalOf(link: Link, now: number, bytes: number, seen: number): AppendRefusal | null {
  if (link.expires <= now || (link.singleUse && link.used > 0)) return 'EXPIRED';
  if (bytes > link.entryBytes) return 'TOO_LARGE';
  const waiting = link.waiting.filter((seq) => seq > seen).length;
  return waiting >= Math.min(link.entries, MAX_LINK_WAITING) ? 'QUOTA' : null;
}

/** The link after entry `seq` came through it. */
export function withEntry(link: Link, seq: number, seen: number): Link {
  return { ...link, used: Math.min(link.used + 1, 0xffff_ffff), waiting: [...link.waiting.filter((one) => one > seen), seq] };
}
