// Stations "unwrap" and "decrypt" for one envelope of a conversation, here and now; a long run of them goes through open-ahead.ts.
import type { Bytes } from '../base/bytes.ts';
import { type KeyOf, type Opened, openEnvelope } from '../session/open-envelope.ts';
import type { Change } from '../store/change.ts';
import { generationById } from './conversations.ts';
import type { Parts } from './parts.ts';
import { bytesOf, type ConversationRecord } from './records.ts';

/** Opens an envelope with the keys of its conversation; ratchet steps stand in `change`. @throws STORE_FAILED and other store faults only */
export function openOne(parts: Parts, change: Change, conversation: ConversationRecord, envelope: Bytes): Promise<Opened> {
  return openEnvelope(change, parts.self().me, keysOf(conversation), envelope);
}

/** The wrap keys of a conversation. */
export function keysOf(conversation: ConversationRecord): KeyOf {
  return (id) => {
    const generation = generationById(conversation, id);
    return generation === null ? null : bytesOf(generation.key);
  };
}
