// Where we can be answered: a capability of its own on our inbox, and what a contact needs to fetch fresh prekeys of ours.
import { create } from '@bufbuild/protobuf';
import type { Change } from '../store/change.ts';
import { type ReturnInbox, ReturnInboxSchema } from '../wire/gen/identity_pb.ts';
import { ENTRY_LIFETIME_MS } from '../wire/limits.ts';
import { makeInvite } from './invites.ts';
import type { Parts, Self } from './parts.ts';
import type { InviteRecord } from './people-records.ts';
import { bytesOf } from './records.ts';
import { allRelays } from './relays.ts';

/** How long somebody may take to answer, ms: as long as the relay keeps what we said, and as long again for the answer. */
export const RETURN_LIFETIME_MS = 2 * ENTRY_LIFETIME_MS;

/** Where an answer may go. */
export interface ReturnPath {
  readonly invite: InviteRecord;
  readonly relays: readonly string[];
  readonly direct: readonly string[];
}

/** A return path as it travels. */
export function returnInboxOf(self: Self, { invite, relays, direct }: ReturnPath): ReturnInbox {
  return create(ReturnInboxSchema, {
    capability: bytesOf(invite.capability),
    relays: [...relays],
    direct: [...direct],
    profileKey: self.profileKey,
    contact: self.contactCapability,
  });
}

/** A fresh return inbox of ours over our home relays, as part of `change`. */
export async function ownReturnInbox(parts: Parts, change: Change, direct: readonly string[] = []): Promise<ReturnInbox> {
  const relays = (await allRelays(change)).map((relay) => relay.address);
  const invite = await makeInvite(parts, change, { purpose: 'return', expiresInMs: RETURN_LIFETIME_MS, relays, direct: [] });
  return returnInboxOf(parts.self(), { invite, relays, direct });
}
