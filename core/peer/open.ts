// Stations "unwrap" and "decrypt" for one envelope of a conversation, here and now; a long run of them is opened by opener.ts.
import type { Bytes } from '../base/bytes.ts';
import { type Opened, openEnvelope } from '../session/open-envelope.ts';
import type { Change } from '../store/change.ts';
import { generationById } from './conversations.ts';
import type { Parts } from './parts.ts';
import { bytesOf, type ConversationRecord } from './records.ts';

/** Opens an envelope with the keys of its conversation; ratchet steps stand in `change`. @throws STORE_FAILED and other store faults only */
export function openOne(parts: Parts, change: Change, conversation: ConversationRecord, envelope: Bytes): Promise<Opened> {
  const keyOf = (id: Uint8Array) => {
    const generation = generationById(conversation, id);
    return generation === null ? null : bytesOf(generation.key);
  };
  return openEnvelope(change, parts.self().me, keyOf, envelope);
}
