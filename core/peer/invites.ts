// Our invite links, each with its own revocable, expiring append capability on our inbox (H5).
import type { Invite } from '../api.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import type { LinkTerms } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { capabilityHash, directoryAddress } from '../wire/capability.ts';
import { LINK_LIFETIME_MS, LINK_WAITING_REQUESTS, MAX_REQUEST_BYTES } from '../wire/limits.ts';
import { decodeLink, encodeLink } from '../wire/link.ts';
import type { Parts, Self } from './parts.ts';
import type { InviteRecord } from './people-records.ts';
import { type B64, bytesOf, fieldOf, keys, readRecord, writeRecord } from './records.ts';

/** Relays a link names: the first two are enough to be found. */
const RELAYS_IN_LINK = 2;
/** Direct addresses a link names. */
const DIRECT_IN_LINK = 2;

/** What a new link is for, and where it leads. */
export interface NewInvite {
  readonly purpose: InviteRecord['purpose'];
  /** ms from now; 0: the usual lifetime. */
  readonly expiresInMs: number;
  readonly relays: readonly string[];
  readonly direct: readonly string[];
}

/** Makes a link and keeps it, as part of `change`; it works once the relay has it. */
export async function makeInvite(parts: Parts, change: Change, wanted: NewInvite): Promise<InviteRecord> {
  const self = parts.self();
  const capability = random(32);
  const linkHash = fieldOf(capabilityHash(capability));
  const expires = Math.floor((parts.clock.now() + (wanted.expiresInMs || LINK_LIFETIME_MS)) / 1000) * 1000;
  const link =
    wanted.purpose === 'return'
      ? ''
      : encodeLink({
          root: self.me.root,
          manifestVersion: self.manifest.version,
          capability,
          profileKey: self.profileKey,
          relays: wanted.relays.slice(0, RELAYS_IN_LINK),
          direct: wanted.direct.slice(0, DIRECT_IN_LINK),
          expires,
          public: wanted.purpose === 'public',
        });
  const record: InviteRecord = {
    capability: fieldOf(capability),
    linkHash,
    link,
    purpose: wanted.purpose,
    expires,
    used: 0,
    revoked: false,
  };
  const list = (await readRecord<B64[]>(change, keys.inviteList())) ?? [];
  writeRecord(change, keys.inviteList(), [...list, linkHash]);
  writeRecord(change, keys.invite(linkHash), record);
  return record;
}

/** Every link of ours, return capabilities included. */
export async function allInvites(from: Store | Change): Promise<InviteRecord[]> {
  const hashes = (await readRecord<B64[]>(from, keys.inviteList())) ?? [];
  const records = await Promise.all(hashes.map((hash) => readRecord<InviteRecord>(from, keys.invite(hash))));
  return records.filter((record) => record !== null);
}

/** What the relay is told about a link. */
export function linkTerms(self: Self, record: InviteRecord): LinkTerms {
  return {
    linkHash: bytesOf(record.linkHash),
    expires: record.expires,
    entries: LINK_WAITING_REQUESTS,
    entryBytes: MAX_REQUEST_BYTES,
    singleUse: record.purpose === 'single',
    directory: directoryAddress(self.directoryKey.publicKey),
  };
}

/** Marks a link as revoked; the relay learns it at once when it is connected, or as soon as it is. @throws NOT_FOUND, BAD_LINK */
export function revokeInvite(parts: Parts, link: string): Promise<InviteRecord> {
  const linkHash = fieldOf(capabilityHash(decodeLink(link).capability));
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const record = await readRecord<InviteRecord>(change, keys.invite(linkHash));
    if (record === null) throw new SottoError('NOT_FOUND', 'This is not a link of yours.');
    const revoked = { ...record, revoked: true };
    writeRecord(change, keys.invite(linkHash), revoked);
    await change.commit();
    return revoked;
  });
}

/** A link as the contract shows it. */
export function inviteView(record: InviteRecord): Invite {
  return { link: record.link, public: record.purpose === 'public', expires: record.expires, used: record.used, revoked: record.revoked };
}
