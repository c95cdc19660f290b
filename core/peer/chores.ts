// What a home relay must hold of us: registration, inbox, links, sealed manifest, prekeys. Every step may be repeated.
import { equal } from '../base/bytes.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import type { Answer, Refusal, RelayConnection, Sink, Subscribed } from '../net/relay-connection.ts';
import { type PreKeyUpload, sealManifest, signDirectoryEntry, signPreKeys } from '../session/directory.ts';
import { type Pool, refillPreKeys, replacePreKeys } from '../session/prekeys.ts';
import { Change } from '../store/change.ts';
import { capabilityHash, directoryAddress } from '../wire/capability.ts';
import { isPassing } from '../wire/codes.ts';
import { cursorOf } from './chain-check.ts';
import { allInvites, linkTerms } from './invites.ts';
import { noteExpired, noteOtherLetters } from './notices.ts';
import type { Parts, Self } from './parts.ts';
import type { InviteRecord, RelayRecord } from './people-records.ts';
import { bytesOf, type CursorRecord, fieldOf, keys, readRecord, writeRecord } from './records.ts';

/** Registers this device at the relay. @throws REFUSED with what to do about it */
export async function register(connection: RelayConnection, relay: RelayRecord): Promise<void> {
  const answer = await connection.register(bytesOf(relay.registration), bytesOf(relay.token));
  if (!answer.ok) throw notRegistered(answer.refusal);
}

/** Registers at a relay that is not ours yet. @throws REFUSED only when it refuses for good; whatever passes is tried again later */
export async function knock(connection: RelayConnection, relay: RelayRecord): Promise<void> {
  const answer = await connection.register(bytesOf(relay.registration), bytesOf(relay.token)).catch(() => null);
  if (answer?.ok === false && !isPassing(answer.refusal.name)) throw notRegistered(answer.refusal);
}

function notRegistered({ name, detail }: Refusal): SottoError {
  // Its own words say what is wrong with the token, or that it goes by a list.
  const advice = name === 'TOKEN' && detail === '' ? 'Ask its operator for a line with a token, and add the relay again with it.' : detail;
  return new SottoError('REFUSED', `The relay did not register this device (${name}). ${advice}`);
}

/** Opens our inbox log there, made if it is not. Answers its handle. @throws REFUSED */
export async function openInbox(connection: RelayConnection, relay: RelayRecord): Promise<number> {
  const { inbox } = relay;
  const proof = { log: bytesOf(inbox.log), read: bytesOf(inbox.read), append: bytesOf(inbox.append), manage: bytesOf(inbox.manage) };
  let opened = await connection.openLog(proof);
  if (!opened.ok && opened.refusal.name === 'NOT_FOUND') {
    const hashes = { read: capabilityHash(proof.read), append: capabilityHash(proof.append), manage: capabilityHash(proof.manage) };
    demand(await connection.createLog(bytesOf(inbox.nonce), hashes));
    opened = await connection.openLog(proof);
  }
  return demand(opened).handle;
}

/** What a subscription to the inbox began with. */
export interface InboxSubscription {
  readonly cursor: CursorRecord;
  readonly head: number;
}

/** Subscribes to the inbox from our cursor. A relay that lost history (C5) or shows another is named, and read anew. @throws REFUSED */
export async function subscribeInbox(
  parts: Parts,
  connection: RelayConnection,
  relay: RelayRecord,
  handle: number,
  sink: Sink,
): Promise<InboxSubscription> {
  const cursor = await cursorOf(parts.store, relay.inbox.log);
  const reader = bytesOf(relay.inbox.reader);
  const answer = await connection.subscribe(handle, reader, cursor.seq, bytesOf(cursor.chain), sink);
  if (answer.ok) return { cursor: await behindFloor(parts, relay, cursor, answer.value, true), head: answer.value.head.seq };
  const { name, head } = answer.refusal;
  if (name !== 'AHEAD' && name !== 'FORK') return demand(answer);
  await noteOtherLetters(parts, relay, cursor, name, head);
  const anew = await cursorOf(parts.store, relay.inbox.log);
  const again = demand(await connection.subscribe(handle, reader, 0, bytesOf(anew.chain), sink));
  return { cursor: await behindFloor(parts, relay, anew, again, false), head: again.head.seq };
}

/** Letters that the relay let go are read past; those never read are said. @param unread false where most of them were read before */
async function behindFloor(
  parts: Parts,
  relay: RelayRecord,
  cursor: CursorRecord,
  { floor, floorChain }: Subscribed,
  unread: boolean,
): Promise<CursorRecord> {
  if (floor <= cursor.seq) return cursor;
  const moved = { seq: floor, chain: fieldOf(floorChain), time: 0 };
  if (unread) await noteExpired(parts, null, relay.inbox.log, cursor.seq, floor, moved.chain);
  else await moveCursor(parts, relay, moved);
  return moved;
}

function moveCursor(parts: Parts, relay: RelayRecord, cursor: CursorRecord): Promise<void> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    writeRecord(change, keys.cursor(relay.inbox.log), cursor);
    await change.commit();
  });
}

/** A relay with another incarnation than before came back from a backup (C5): what we put there since may be gone. */
export async function noteIncarnation(parts: Parts, connection: RelayConnection, relay: RelayRecord): Promise<RelayRecord> {
  const { incarnation } = connection.terms;
  if (relay.incarnation !== null && equal(bytesOf(relay.incarnation), incarnation)) return relay;
  const changed = { incarnation: fieldOf(incarnation), ...(relay.incarnation === null ? {} : { manifestVersion: 0 }) };
  await updateRelay(parts, relay.peerId, changed);
  return { ...relay, ...changed };
}

/** Puts every living link, and takes back every revoked one. One that the relay refuses keeps nothing else from going on. @throws OFFLINE, TIMEOUT */
export async function putLinks(parts: Parts, connection: RelayConnection, handle: number): Promise<void> {
  const now = parts.clock.now();
  const living = (await allInvites(parts.store)).filter((record) => record.expires > now);
  const put = living.map((record) =>
    putLink(parts, connection, handle, record).catch((error: unknown) => {
      if (!isSottoError(error, 'REFUSED')) throw error;
      parts.log.warn('a relay refused a link');
    }),
  );
  await Promise.all(put);
}

/** Puts one link, or takes it back when it was revoked. @throws REFUSED */
export async function putLink(parts: Parts, connection: RelayConnection, handle: number, record: InviteRecord): Promise<void> {
  if (record.revoked) demand(await connection.revokeLink(handle, bytesOf(record.linkHash)));
  else demand(await connection.putLink(handle, linkTerms(parts.self(), record)));
}

/** Puts our sealed manifest unless this version is there. @throws REFUSED */
export async function putManifest(parts: Parts, connection: RelayConnection, relay: RelayRecord): Promise<void> {
  const { manifest, profileKey, directoryKey } = parts.self();
  if (relay.manifestVersion >= manifest.version) return;
  const sealed = sealManifest(profileKey, manifest);
  const answer = await connection.putManifest(signDirectoryEntry(directoryKey, manifest.version, sealed));
  // STALE: this version is there in other bytes (each sealing has fresh salt), put by an attempt whose answer was lost.
  if (!answer.ok && answer.refusal.name !== 'STALE') demand(answer);
  await updateRelay(parts, relay.peerId, { manifestVersion: manifest.version });
}

/** Fills the pool of prekeys when it runs low; private halves are on the disk before the public ones leave. @throws REFUSED */
export async function putPreKeys(parts: Parts, connection: RelayConnection, relay: RelayRecord): Promise<void> {
  const self = parts.self();
  const pool = demand(await connection.countPreKeys(directoryAddress(self.directoryKey.publicKey), self.me.device));
  const upload = await parts.serial(async () => {
    const change = new Change(parts.store);
    const due = await duePreKeys(change, self, pool, relay, parts.clock.now());
    await change.commit();
    return due;
  });
  if (upload === null) return;
  demand(await connection.putPreKeys(signPreKeys(self.directoryKey, capabilityHash(self.contactCapability), upload)));
}

/** What a pool needs; all of it anew, once, after this device was found rolled back or copied (H7). */
async function duePreKeys(change: Change, self: Self, pool: Pool, relay: RelayRecord, now: number): Promise<PreKeyUpload | null> {
  const record = await readRecord<RelayRecord>(change, keys.relay(relay.peerId));
  if (!self.cloned || record === null || record.replacedPreKeys === true) return refillPreKeys(change, self.me, pool, now);
  writeRecord(change, keys.relay(relay.peerId), { ...record, replacedPreKeys: true });
  return replacePreKeys(change, self.me, pool, now);
}

/** Changes fields of a relay's record. */
export function updateRelay(parts: Parts, peerId: string, fields: Partial<RelayRecord>): Promise<void> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const record = await readRecord<RelayRecord>(change, keys.relay(peerId));
    if (record === null) return;
    writeRecord(change, keys.relay(peerId), { ...record, ...fields });
    await change.commit();
  });
}

function demand<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new SottoError(
    'REFUSED',
    `The relay refused (${answer.refusal.name}${answer.refusal.detail === '' ? '' : `: ${answer.refusal.detail}`}).`,
  );
}
