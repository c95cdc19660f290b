// What two peers without a relay ask of each other: the contract, for the side that asks and the side that answers.
import type { Bytes } from '../base/bytes.ts';
import type { RefusalName } from '../wire/codes.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';

/** An expected "no" of a peer. */
export interface DirectRefusal {
  readonly name: RefusalName;
  /** For a person; never a user's data. */
  readonly detail: string;
}

/** A value, or the peer's "no". */
export type DirectAnswer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: DirectRefusal };

/** What a link opens at a peer. */
export interface DirectContact {
  /** Under the link's profile key. */
  readonly sealedManifest: Bytes;
  readonly bundles: readonly PreKeyBundle[];
}

/** What two peers ask of each other: as a handler it answers, as DirectPeer it asks. */
export interface DirectCalls {
  /** @param link 32 bytes: the link's capability */
  getContact(link: Bytes): Promise<DirectAnswer<DirectContact>>;
  putInbox(link: Bytes, envelope: Bytes): Promise<DirectAnswer<void>>;
  /** @param conversation 16 bytes @returns ids of the envelopes that are on disk, 32 bytes each */
  offer(conversation: Bytes, envelopes: readonly Bytes[]): Promise<DirectAnswer<readonly Bytes[]>>;
  putSlot(conversation: Bytes, value: Bytes): Promise<DirectAnswer<void>>;
}
