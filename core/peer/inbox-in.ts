// What arrives in our inbox: requests of strangers, and the answers of those we asked. Nothing is dialled, fetched or told before we accept (H5).
import { hex } from '../base/bytes.ts';
import type { Entries } from '../net/relay-connection.ts';
import { decryptDirect } from '../session/decrypt.ts';
import { holdManifest } from '../session/held.ts';
import { NOTICE_KIND, type OpenedRequest, openRequest } from '../session/inbox.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { Change } from '../store/change.ts';
import type { Accept, Content, Request } from '../wire/gen/content_pb.ts';
import { acceptInto, newConversation } from './answer.ts';
import { type CheckedEntry, checkRuns, cursorOf } from './chain-check.ts';
import { contactByRoot, putContact } from './contacts.ts';
import { addConversation } from './conversations.ts';
import { epochPeerId } from './epochs.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord, InviteRecord, RelayRecord } from './people-records.ts';
import type { InboxTarget } from './records.ts';
import { type B64, fieldOf, keys, readRecord, writeRecord } from './records.ts';
import { sayDrafts } from './say-drafts.ts';
import { isStoreFault } from './store-fault.ts';
import { contactView } from './views.ts';

/** What came of a run of the inbox. */
export type InboxOutcome = { readonly kind: 'taken'; readonly seq: number } | { readonly kind: 'contradiction'; readonly reason: string };

/** Takes a run of inbox entries in one commit; acknowledge only after 'taken'. @throws store faults */
export function takeInboxRun(parts: Parts, relay: RelayRecord, runs: readonly Entries[]): Promise<InboxOutcome> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const checked = checkRuns(await cursorOf(change, relay.inbox.log), runs);
    if (checked.kind === 'contradiction') return checked;
    const news: (() => void)[] = [];
    for (const entry of checked.entries) await takeLetter(parts, change, relay, entry, news);
    writeRecord(change, keys.cursor(relay.inbox.log), checked.cursor);
    await change.commit();
    for (const tell of news) tell();
    return { kind: 'taken', seq: checked.cursor.seq };
  });
}

/** One letter, by a log or straight from a peer. What is not for us, not valid or not wanted changes nothing, and blocks nothing. @throws store faults */
export async function takeLetter(
  parts: Parts,
  change: Change,
  home: RelayRecord | null,
  entry: Pick<CheckedEntry, 'envelope' | 'id'>,
  news: (() => void)[],
): Promise<void> {
  const outer = keys.outer(null, fieldOf(entry.id));
  if ((await change.get(outer)) !== null) return;
  const step = change.nest();
  const told: (() => void)[] = [];
  try {
    if (!(await takeInto(parts, step, home, entry, told))) return;
  } catch (error) {
    if (isStoreFault(error)) throw error;
    parts.log.warn('a letter could not be answered');
    return;
  }
  step.keep();
  news.push(...told);
}

async function takeInto(
  parts: Parts,
  step: Change,
  home: RelayRecord | null,
  entry: Pick<CheckedEntry, 'envelope' | 'id'>,
  news: (() => void)[],
): Promise<boolean> {
  const outer = keys.outer(null, fieldOf(entry.id));
  writeRecord(step, outer, { conversation: null, place: null, message: null, n: null, outer: fieldOf(entry.id) });
  const part = openRequest(parts.self().me, entry.envelope);
  if (part === null || part.message.kind === NOTICE_KIND) return false;
  const { manifest, message } = part;
  const contact = await contactByRoot(step, fieldOf(manifest.root));
  if (contact?.blocked === true || hex(manifest.root) === hex(parts.self().me.root)) return false;
  if ((await holdManifest(step, manifest)) === 'conflict') return false;
  const from = { root: manifest.root, device: part.device.id };
  const opened = await decryptDirect(step, parts.self().me, from, message.kind, message.message);
  return opened.kind === 'content'
    ? takeContent(parts, step, { home, part, manifest, contact, content: opened.content }, news)
    : takeUnopened(parts, step, { part, manifest, contact }, news);
}

interface Arrived {
  readonly home: RelayRecord | null;
  readonly part: OpenedRequest;
  readonly manifest: CheckedManifest;
  readonly contact: ContactRecord | null;
  readonly content: Content;
}

/**
 * A request whose ratchet part does not open: its prekey was handed out twice, or is gone (H5). The person is asked all the same; an
 * acceptance then begins a session from our side, with a fresh bundle of theirs.
 */
async function takeUnopened(
  parts: Parts,
  change: Change,
  { part, manifest, contact }: Pick<Arrived, 'part' | 'manifest' | 'contact'>,
  news: (() => void)[],
): Promise<boolean> {
  const answerTo = targetOfPart(part);
  if (contact !== null || answerTo === null) return false;
  const record = askingContact(parts, part, manifest, null, answerTo);
  await putContact(change, record);
  news.push(() => parts.announce({ event: 'request', contact: contactView(record, parts.direct) }));
  return true;
}

function askingContact(
  parts: Parts,
  part: OpenedRequest,
  manifest: CheckedManifest,
  claimedName: string | null,
  answerTo: InboxTarget,
): ContactRecord {
  return {
    root: fieldOf(manifest.root),
    petname: null,
    claimedName,
    state: 'asking',
    verified: false,
    blocked: false,
    answerTo,
    profileKey: part.returnInbox === null ? null : fieldOf(part.returnInbox.profileKey),
    contactCapability: part.returnInbox === null ? null : fieldOf(part.returnInbox.contact),
    direct: answerTo.direct,
    conversation: null,
    at: parts.clock.now(),
  };
}

async function takeContent(parts: Parts, change: Change, arrived: Arrived, news: (() => void)[]): Promise<boolean> {
  const { what } = arrived.content;
  if (what.case === 'request') return takeRequest(parts, change, arrived, what.value, news);
  if (what.case === 'accept') return takeAccept(parts, change, arrived, what.value, news);
  return false;
}

async function takeRequest(parts: Parts, change: Change, arrived: Arrived, request: Request, news: (() => void)[]): Promise<boolean> {
  const { manifest, contact, part } = arrived;
  const answerTo = targetOfPart(part);
  if (answerTo === null || contact?.state === 'accepted') return false;
  if (!(await countUse(change, fieldOf(request.linkHash)))) return false;
  const root = fieldOf(manifest.root);
  const asked = contact?.state === 'requested';
  const fresh = askingContact(parts, part, manifest, request.name, answerTo);
  const record: ContactRecord = asked
    ? {
        ...fresh,
        ...(contact.told === undefined ? {} : { told: contact.told }),
        state: 'requested',
        petname: contact.petname,
        verified: contact.verified,
        direct: answerTo.direct.length === 0 ? contact.direct : answerTo.direct,
      }
    : { ...fresh, petname: contact?.petname ?? null, verified: contact?.verified ?? false };
  await putContact(change, record);
  if (!asked) news.push(() => parts.announce({ event: 'request', contact: contactView(record, parts.direct) }));
  // Both asked each other: both agree already, and the one with the smaller root key makes the conversation.
  else if (hex(parts.self().me.root) < hex(manifest.root)) await acceptInto(parts, change, root, null, arrived.home, news);
  return true;
}

/** False for a link that is not ours or was revoked: a relay that still takes requests through it is not believed (H5). */
async function countUse(change: Change, linkHash: B64): Promise<boolean> {
  const invite = await readRecord<InviteRecord>(change, keys.invite(linkHash));
  if (invite === null || invite.revoked) return false;
  writeRecord(change, keys.invite(linkHash), { ...invite, used: invite.used + 1 });
  return true;
}

async function takeAccept(parts: Parts, change: Change, arrived: Arrived, said: Accept, news: (() => void)[]): Promise<boolean> {
  const { contact } = arrived;
  if (contact?.state !== 'requested' || said.conversation === undefined) return false;
  const peerId = said.conversation.epoch === undefined ? null : epochPeerId(said.conversation.secret, said.conversation.epoch);
  if (said.conversation.epoch !== undefined && peerId === null) return false;
  const conversation = newConversation(contact.root, said.conversation, false, peerId, parts.clock.now());
  if ((await change.get(keys.conversation(conversation.id))) !== null) return false;
  const { returnInbox } = arrived.part;
  const next: ContactRecord = {
    ...contact,
    claimedName: said.name,
    state: 'accepted',
    conversation: conversation.id,
    answerTo: targetOfPart(arrived.part) ?? contact.answerTo,
    contactCapability: returnInbox === null ? contact.contactCapability : fieldOf(returnInbox.contact),
    direct: returnInbox === null || returnInbox.direct.length === 0 ? contact.direct : returnInbox.direct,
  };
  await addConversation(change, { ...conversation, manifestSent: contact.told ?? 0 });
  await putContact(change, next);
  await sayDrafts(parts, change, next.root, conversation.id, news);
  news.push(() => parts.announce({ event: 'contact', contact: contactView(next, parts.direct) }));
  news.push(() => parts.conversationOpened(conversation.id));
  return true;
}

function targetOfPart(part: OpenedRequest): InboxTarget | null {
  const inbox = part.returnInbox;
  if (inbox === null) return null;
  return { relays: inbox.relays, direct: inbox.direct, capability: fieldOf(inbox.capability) };
}
