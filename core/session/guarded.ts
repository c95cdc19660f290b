// One step of libsignal under guard: what it throws becomes a value that says why, and a fault of the store stays a fault.
import { ErrorCode, LibSignalErrorBase } from '@signalapp/libsignal-client';
import type { Bytes } from '../base/bytes.ts';
import type { FailReason } from './outcome.ts';
import type { PeerStores } from './stores.ts';

/** Why a ratchet message did not open. */
export type Refused =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'no-session' }
  | { readonly kind: 'failed'; readonly reason: FailReason };

/** A plain text, and what writes the ratchet's step into the change; or why there is none. */
export type Opened = { readonly kind: 'plain'; readonly plain: Bytes; readonly keep: () => void } | Refused;

/** Runs one decryption. @throws the store's own fault when there was one */
export async function guarded(stores: PeerStores, decrypt: () => Promise<Bytes>): Promise<Opened> {
  try {
    return { kind: 'plain', plain: await decrypt(), keep: () => stores.keep() };
  } catch (error) {
    stores.rethrowFault();
    if (stores.refusal !== null) return failed(stores.refusal);
    return LibSignalErrorBase.is(error, ErrorCode.DuplicatedMessage) ? { kind: 'duplicate' } : failed('undecryptable');
  }
}

/** What `read` makes of bytes from outside, or null when it throws. */
export function tryRead<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** A failure with its reason. */
export function failed(reason: FailReason): Opened & { readonly kind: 'failed' } {
  return { kind: 'failed', reason };
}
