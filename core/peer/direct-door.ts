// The door for whoever holds a link of ours and reaches us directly: what a relay would hand out and take in, under the same limits (H5).
import type { Bytes } from '../base/bytes.ts';
import type { DirectAnswer, DirectContact } from '../net/direct-calls.ts';
import { sealManifest } from '../session/directory.ts';
import { ownBundle } from '../session/prekeys.ts';
import { Change } from '../store/change.ts';
import { capabilityHash } from '../wire/capability.ts';
import { envelopeId } from '../wire/envelope.ts';
import { LINK_BUNDLES_PER_DAY, LINK_WAITING_REQUESTS, MAX_REQUEST_BYTES } from '../wire/limits.ts';
import { allContacts } from './contacts.ts';
import { no } from './direct-in.ts';
import { takeLetter } from './inbox-in.ts';
import type { Parts } from './parts.ts';
import type { InviteRecord } from './people-records.ts';
import { fieldOf, keys, readRecord, writeRecord } from './records.ts';
import { allRelays } from './relays.ts';

const DAY_MS = 86_400_000;

/** Bundles handed out through one link. */
interface FetchesRecord {
  /** Days since 1970. */
  readonly day: number;
  readonly count: number;
}

/**
 * Our sealed manifest and a bundle with keys made for this caller, on the disk before they leave.
 * @param known true for an accepted contact, who may use the capability it answers us with
 */
export function handOut(parts: Parts, link: Bytes, known: boolean): Promise<DirectAnswer<DirectContact>> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const invite = await inviteOf(change, link);
    if (invite === null || (invite.purpose === 'return' && !known)) return no('CAPABILITY', 'This link is not one of ours.');
    if (isOver(invite, parts.clock.now()) || isUsedUp(invite)) return no('EXPIRED', 'The link has expired or was used.');
    if (!(await countFetch(change, invite, parts.clock.now()))) return no('RATE', 'No more keys are handed out through this link today.');
    const { me, manifest, profileKey } = parts.self();
    const bundle = await ownBundle(change, me, parts.clock.now());
    await change.commit();
    return { ok: true, value: { sealedManifest: sealManifest(profileKey, manifest), bundles: [bundle] } };
  });
}

/** A letter put straight into our inbox; on the disk when this resolves with a yes. What we do not want is dropped without a word. */
export function takeIn(parts: Parts, link: Bytes, envelope: Bytes): Promise<DirectAnswer<void>> {
  const news: (() => void)[] = [];
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const id = envelopeId(envelope);
    const invite = await inviteOf(change, link);
    if (invite === null) return no('CAPABILITY', 'This link is not one of ours.');
    if ((await change.get(keys.outer(null, fieldOf(id)))) !== null) return DONE;
    if (envelope.length > MAX_REQUEST_BYTES) return no('TOO_LARGE', 'The request is too large.');
    if (isOver(invite, parts.clock.now()) || isUsedUp(invite)) return no('EXPIRED', 'The link has expired or was used.');
    if (invite.purpose !== 'return' && (await isFull(change))) return no('QUOTA', 'Too many requests wait here.');
    const [home = null] = await allRelays(change);
    await takeLetter(parts, change, home, { envelope, id }, news);
    if ((await change.get(keys.outer(null, fieldOf(id)))) !== null) await noteUse(change, invite);
    await change.commit();
    for (const tell of news) tell();
    return DONE;
  });
}

const DONE: DirectAnswer<void> = { ok: true, value: undefined };

function inviteOf(change: Change, link: Bytes): Promise<InviteRecord | null> {
  return readRecord<InviteRecord>(change, keys.invite(fieldOf(capabilityHash(link))));
}

function isOver(invite: InviteRecord, now: number): boolean {
  return invite.revoked || invite.expires <= now;
}

function isUsedUp(invite: InviteRecord): boolean {
  return invite.purpose === 'single' && invite.used > 0;
}

/** The request itself names the link it came by and was counted; one that named another has used this one all the same. */
async function noteUse(change: Change, before: InviteRecord): Promise<void> {
  const invite = await readRecord<InviteRecord>(change, keys.invite(before.linkHash));
  if (invite !== null && invite.used === before.used)
    writeRecord(change, keys.invite(before.linkHash), { ...invite, used: invite.used + 1 });
}

async function isFull(change: Change): Promise<boolean> {
  return (await allContacts(change)).filter(({ state }) => state === 'asking').length >= LINK_WAITING_REQUESTS;
}

async function countFetch(change: Change, invite: InviteRecord, now: number): Promise<boolean> {
  const key = keys.fetches(invite.linkHash);
  const day = Math.floor(now / DAY_MS);
  const before = await readRecord<FetchesRecord>(change, key);
  // A clock set back starts no new day.
  const count = before === null || before.day < day ? 0 : before.count;
  if (count >= LINK_BUNDLES_PER_DAY) return false;
  writeRecord(change, key, { day: Math.max(day, before?.day ?? 0), count: count + 1 });
  return true;
}
