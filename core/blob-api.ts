// The part of a peer's contract that moves files as blobs; attachments will stand on it. It names paths on this machine: a window never gets it
// (window-api.ts), for a page that could read and write files could take over everything.
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hexOf = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));
/** Longest wait, ms: a timer of Node that is asked for more fires at once. */
const timeoutMs = v.pipe(count, v.maxValue(2 ** 31 - 1));

/** What somebody needs to get a blob and open it; whoever has it can. */
const blob = v.strictObject({
  /** SHA-256 of the sealed bytes. */
  address: hexOf(32),
  key: hexOf(32),
  /** Bytes of the content. */
  size: count,
  /** Address of the relay that keeps it. */
  relay: v.string(),
});

/** Calls on blobs. */
export const blobCalls = {
  /**
   * Seals a file and puts it on our first relay; answers once it is durable there. `id` lets a repeat go on, also after this program was killed.
   * TIMEOUT: not done in time, a repeat goes on. BAD_INPUT: it cannot be read, was changed meanwhile, or there is no relay. TOO_LARGE, REFUSED.
   */
  putBlob: [v.strictObject({ path, id: v.nullable(hexOf(16)), timeoutMs }), blob],
  /**
   * Gets a blob into a new file; nothing has that name before all of it was checked. A repeat goes on with what an earlier call left.
   * TIMEOUT: a repeat goes on. ALREADY: there is a file. MALFORMED: it is not what was sealed. REFUSED: it is not there. BAD_INPUT, STORE_FAILED.
   */
  getBlob: [v.strictObject({ ...blob.entries, path, timeoutMs }), v.strictObject({})],
} as const;

/** Events of blobs. */
export const blobEvents = [
  /** How far a transfer is, in sealed bytes; told a few times a second. */
  v.strictObject({ event: v.literal('blob'), address: hexOf(32), direction: v.picklist(['put', 'get']), done: count, total: count }),
] as const;
