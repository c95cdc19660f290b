// Stations "unwrap" and "decrypt": an envelope becomes content, or one of the closed list of reasons why it did not (H3, H9).
import type { Bytes } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { splitEnvelope } from '../wire/envelope.ts';
import { decryptWrapped } from './decrypt.ts';
import type { DeviceKeys } from './device.ts';
import type { Outcome } from './outcome.ts';
import { unwrapEnvelope } from './wrap.ts';

/** Why an envelope has nothing inside. `no-key`: its wrap key is not here (yet); `no-wrap`: nobody of the conversation made it. */
export type NotUnwrapped = { readonly kind: 'no-key' } | { readonly kind: 'no-wrap' };

/** What came of an envelope. */
export type Opened = Outcome | NotUnwrapped;

/** The wrap key (32 bytes) of a generation id (16 bytes), or null. */
export type KeyOf = (generation: Uint8Array) => Bytes | null;

/** The wrapped bytes, or why there are none; hostile bytes are values. */
export function unwrap(keyOf: KeyOf, envelope: Bytes): Bytes | NotUnwrapped {
  const id = generationIdOf(envelope);
  if (id === null) return { kind: 'no-wrap' };
  const key = keyOf(id);
  if (key === null) return { kind: 'no-key' };
  return unwrapEnvelope(key, envelope) ?? { kind: 'no-wrap' };
}

/**
 * Opens an envelope of a conversation; ratchet steps stand in `change`, and only for what opened.
 * @throws STORE_FAILED and other store faults only; hostile bytes are values
 */
export async function openEnvelope(change: Change, me: DeviceKeys, keyOf: KeyOf, envelope: Bytes): Promise<Opened> {
  const wrapped = unwrap(keyOf, envelope);
  return wrapped instanceof Uint8Array ? decryptWrapped(change, me, wrapped) : wrapped;
}

function generationIdOf(envelope: Bytes): Uint8Array | null {
  try {
    return splitEnvelope(envelope).generation;
  } catch (error) {
    if (error instanceof SottoError && error.code === 'MALFORMED') return null;
    throw error;
  }
}
