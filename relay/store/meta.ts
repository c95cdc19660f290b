// What a store says of itself: its layout, its incarnation, and whether something was begun that is not finished.
import { keyOf } from './keys.ts';

/** Keys of these records. */
export const META = {
  /** 16 random bytes, renewed when the store comes back from a backup. */
  incarnation: keyOf('meta', Uint8Array.of(1)),
  /** When the last sweep was finished, ms (8). */
  lastSweep: keyOf('meta', Uint8Array.of(2)),
  /** Number of the layout (4); without it, 1. */
  layout: keyOf('meta', Uint8Array.of(3)),
  /** The first key that the migration under way has not looked at. */
  migrated: keyOf('meta', Uint8Array.of(4)),
  /** There while the store is being restored. */
  restoring: keyOf('meta', Uint8Array.of(5)),
} as const;

/** Bytes of an incarnation. */
export const INCARNATION_BYTES = 16;
