// Station "compose": what somebody wants to say becomes content with an id, a time and the author's view of the log.
import { create } from '@bufbuild/protobuf';
import type { Bytes } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { type Content, ContentSchema } from '../wire/gen/content_pb.ts';
import { homeOf } from './conversations.ts';
import type { Self } from './parts.ts';
import { bytesOf, type ConversationRecord, type CursorRecord } from './records.ts';

/** One of the things a content can say. */
export type Saying = Exclude<Content['what'], { case: undefined }>;

/** Length of an inner id: random, scoped to (account, device). */
export const INNER_ID_BYTES = 16;

/** Content as it will be encrypted. @param inner 16 random bytes @param lamport the author's counter @param cursor how far the author has read home */
export function compose(
  self: Self,
  inner: Bytes,
  what: Saying,
  at: { readonly now: number; readonly lamport: number },
  seen: SeenPoint | null,
): Content {
  return create(ContentSchema, {
    id: inner,
    sentAt: BigInt(at.now),
    lamport: BigInt(at.lamport),
    manifestVersion: BigInt(self.manifest.version),
    manifestHash: self.manifest.hash,
    what,
    ...(seen === null ? {} : { seen: { log: seen.log, seq: BigInt(seen.seq), chain: seen.chain } }),
  });
}

/** A point of a log as this device saw it. */
export interface SeenPoint {
  readonly log: Bytes;
  readonly seq: number;
  readonly chain: Bytes;
}

/** The author's head of the home log, which travels in every content (H1); null while there is nothing to tell. */
export function seenPoint(conversation: ConversationRecord, cursor: CursorRecord | null): SeenPoint | null {
  const home = homeOf(conversation);
  if (home === null || cursor === null || cursor.seq === 0) return null;
  return { log: bytesOf(home.log), seq: cursor.seq, chain: bytesOf(cursor.chain) };
}

/** A fresh inner id. */
export function freshInner(): Bytes {
  return random(INNER_ID_BYTES);
}
