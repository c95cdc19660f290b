// What opening an entry can come to: a closed list. Nothing in the wrap is believed before the ratchet part opened (H3).
import type { Bytes } from '../base/bytes.ts';
import type { Content } from '../wire/gen/content_pb.ts';
import type { DeviceAddress } from './address.ts';

/**
 * Why a message could not be opened.
 * malformed: not a Wrapped at all. unknown-device: no manifest held lists the claimed author's device; keep and try again after one comes.
 * identity: the key is not the one the manifest lists. prekey-gone: for a prekey that was used or ended.
 * replayed: a first message seen before. undecryptable: libsignal could not open it (tampered, lost key, too far ahead).
 * no-post-quantum: refused. content: opened, but what it says breaks a bound.
 */
export type FailReason =
  | 'malformed'
  | 'unknown-device'
  | 'identity'
  | 'prekey-gone'
  | 'replayed'
  | 'undecryptable'
  | 'no-post-quantum'
  | 'content';

/** What became of one ratchet message. `content` kept its step in the change; so did `failed` with 'content'; nothing else wrote. */
export type Outcome =
  /** Author proved by the ratchet. `bytes` are the content bytes. `content.what.case` is undefined for a kind of a newer version. */
  | { readonly kind: 'content'; readonly root: Bytes; readonly device: number; readonly bytes: Bytes; readonly content: Content }
  | { readonly kind: 'not-for-me'; readonly claimed: DeviceAddress }
  /** Claims to be by this very device. `proven`: by its keys; then a commit we do not know means rolled back or cloned (H7). */
  | { readonly kind: 'own'; readonly commit: Bytes; readonly proven: boolean }
  /** The ratchet had this message key before, or dropped it: silent only if the entry or its inner id is known (H9). */
  | { readonly kind: 'duplicate'; readonly claimed: DeviceAddress }
  | { readonly kind: 'no-session'; readonly claimed: DeviceAddress }
  /** Not what the author committed to with everybody (C6): never shown as text. */
  | { readonly kind: 'versions-differ'; readonly claimed: DeviceAddress }
  | { readonly kind: 'failed'; readonly reason: FailReason; readonly claimed: DeviceAddress | null };

/** The same before content was read: all that the ratchet and the commitment vouch for is bytes. */
export type BytesOutcome =
  | Exclude<Outcome, { kind: 'content' }>
  | { readonly kind: 'content'; readonly root: Bytes; readonly device: number; readonly bytes: Bytes };
