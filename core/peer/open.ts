// Stations "unwrap" and "decrypt": an envelope becomes content, or one of the closed list of reasons why it did not (H3, H9).
import { SottoError } from '../base/errors.ts';
import { decryptWrapped } from '../session/decrypt.ts';
import type { Outcome } from '../session/outcome.ts';
import { unwrapEnvelope } from '../session/wrap.ts';
import type { Change } from '../store/change.ts';
import { splitEnvelope } from '../wire/envelope.ts';
import { generationById } from './conversations.ts';
import type { Parts } from './parts.ts';
import { bytesOf, type ConversationRecord } from './records.ts';

/** What came of an envelope. `no-key`: its wrap key is not here (yet); `no-wrap`: nobody of the conversation made it. */
export type Opened = Outcome | { readonly kind: 'no-key' } | { readonly kind: 'no-wrap' };

/**
 * Opens an envelope of a conversation; ratchet steps stand in `change`, and only for what opened.
 * @throws STORE_FAILED and other store faults only; hostile bytes are values
 */
export async function openEnvelope(
  parts: Parts,
  change: Change,
  conversation: ConversationRecord,
  envelope: Uint8Array<ArrayBuffer>,
): Promise<Opened> {
  const id = generationIdOf(envelope);
  if (id === null) return { kind: 'no-wrap' };
  const generation = generationById(conversation, id);
  if (generation === null) return { kind: 'no-key' };
  const wrapped = unwrapEnvelope(bytesOf(generation.key), envelope);
  return wrapped === null ? { kind: 'no-wrap' } : decryptWrapped(change, parts.self().me, wrapped);
}

function generationIdOf(envelope: Uint8Array<ArrayBuffer>): Uint8Array | null {
  try {
    return splitEnvelope(envelope).generation;
  } catch (error) {
    if (error instanceof SottoError && error.code === 'MALFORMED') return null;
    throw error;
  }
}
