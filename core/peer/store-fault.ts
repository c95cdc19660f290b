// Tells a fault of the disk, which stops everything, from a fault of one entry, which stops nothing else (H9).
import { isSottoError } from '../base/errors.ts';

/** Codes that speak of the store itself: whatever was being taken must be taken again. */
const STORE_FAULTS = ['STORE_FAILED', 'STORE_DAMAGED', 'STORE_LOCKED', 'CLOSED'] as const;

/** True when the disk is at fault; anything else is the fault of what was being taken, and blocks nothing behind it. */
export function isStoreFault(error: unknown): boolean {
  return STORE_FAULTS.some((code) => isSottoError(error, code));
}
