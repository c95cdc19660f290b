// Stations "unwrap" and "decrypt": an envelope becomes content, or one of the closed list of reasons why it did not (H3, H9).
import type { Bytes } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { splitEnvelope } from '../wire/envelope.ts';
import { decryptWrapped } from './decrypt.ts';
import type { DeviceKeys } from './device.ts';
import type { Outcome } from './outcome.ts';
import { unwrapEnvelope } from './wrap.ts';

/** What came of an envelope. `no-key`: its wrap key is not here (yet); `no-wrap`: nobody of the conversation made it. */
export type Opened = Outcome | { readonly kind: 'no-key' } | { readonly kind: 'no-wrap' };

/**
 * Opens an envelope of a conversation; ratchet steps stand in `change`, and only for what opened.
 * @param keyOf the wrap key (32 bytes) of a generation id (16 bytes), or null
 * @throws STORE_FAILED and other store faults only; hostile bytes are values
 */
export async function openEnvelope(
  change: Change,
  me: DeviceKeys,
  keyOf: (generation: Uint8Array) => Bytes | null,
  envelope: Bytes,
): Promise<Opened> {
  const id = generationIdOf(envelope);
  if (id === null) return { kind: 'no-wrap' };
  const key = keyOf(id);
  if (key === null) return { kind: 'no-key' };
  const wrapped = unwrapEnvelope(key, envelope);
  return wrapped === null ? { kind: 'no-wrap' } : decryptWrapped(change, me, wrapped);
}

function generationIdOf(envelope: Bytes): Uint8Array | null {
  try {
    return splitEnvelope(envelope).generation;
  } catch (error) {
    if (error instanceof SottoError && error.code === 'MALFORMED') return null;
    throw error;
  }
}
