// What blobs may take at a relay, each number with its reason.
import type { Clock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import type { Limits } from '../admission/limits.ts';
import type { BlobLimits, RelayBlobs } from '../store/store.ts';
import type { BlobFiles } from './files.ts';

/** Blobs of one registration at a time: each costs a file. */
const OWN_BLOBS = 16_384;
/** Bytes of all blobs together; the disk's own end is looked at as well. */
const ALL_BYTES = 274_877_906_944;
/** What blobs leave free on the disk: messages, which are small and matter more, must find room for weeks. */
export const RESERVE_BYTES = 1_073_741_824;
/** Transfers of all connections at a time: each may hold a window of its stream and what is being written, about four megabytes. */
export const MOST_TRANSFERS = 64;

/** The limits of a relay. */
export function blobLimits(limits: Limits): BlobLimits {
  return { ownBytes: limits['registration-blob-bytes'], ownBlobs: OWN_BLOBS, allBytes: ALL_BYTES };
}

/** What every transfer of a relay shares. */
export interface BlobParts {
  readonly store: RelayBlobs;
  readonly files: BlobFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: BlobLimits;
  /** Addresses that are being put or removed: one at a time. */
  readonly busy: Set<string>;
}
