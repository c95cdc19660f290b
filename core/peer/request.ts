// Opening somebody's link: find and check who they are, fetch their prekeys, and leave a sealed request in their inbox.
import { create } from '@bufbuild/protobuf';
import type { Contact } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import { parseDialAddress } from '../net/address.ts';
import type { DirectAnswer } from '../net/direct-calls.ts';
import type { DirectPeer } from '../net/direct-channel.ts';
import { peerIdOf } from '../net/peer-key.ts';
import type { Answer, ManifestBlob, RelayConnection } from '../net/relay-connection.ts';
import { checkDirectoryEntry, openSealedManifest } from '../session/directory.ts';
import { holdManifest } from '../session/held.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { startSession } from '../session/start.ts';
import { Change } from '../store/change.ts';
import { capabilityHash } from '../wire/capability.ts';
import { RequestSchema } from '../wire/gen/content_pb.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import { decodeLink, type Invite } from '../wire/link.ts';
import { checkPetname, contactByRoot, putContact } from './contacts.ts';
import { writeLetter } from './inbox-out.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { fieldOf } from './records.ts';
import { type ReturnPath, returnInboxOf } from './return-inbox.ts';
import { contactView } from './views.ts';

/** What a link's relay (or its owner, directly) hands out. */
export interface Found {
  readonly manifest: CheckedManifest;
  readonly bundles: readonly PreKeyBundle[];
}

/** Reads a pasted link and refuses what cannot work. @throws BAD_LINK, LINK_EXPIRED, ALREADY (our own link, or a contact we have) */
export async function checkLink(parts: Parts, pasted: string, petname: string | null): Promise<Invite> {
  const link = decodeLink(pasted);
  if (link.expires <= parts.clock.now()) throw new SottoError('LINK_EXPIRED');
  const root = fieldOf(link.root);
  if (root === fieldOf(parts.self().me.root)) throw new SottoError('BAD_LINK', 'This is your own invite link.');
  await checkPetname(parts.store, petname, root);
  const known = await contactByRoot(parts.store, root);
  if (known?.state === 'accepted') throw new SottoError('ALREADY', 'You are in touch already.');
  if (known?.blocked === true) throw new SottoError('BLOCKED');
  return link;
}

/** Fetches manifest and prekeys over a relay that holds the inbox. @throws LINK_EXPIRED, REFUSED, STALE_MANIFEST, BAD_SIGNATURE, BAD_MANIFEST */
export async function findByRelay(connection: RelayConnection, link: Invite): Promise<Found> {
  const blob: ManifestBlob = demand(await connection.getManifest({ link: link.capability }));
  checkDirectoryEntry(blob);
  const manifest = openSealedManifest(link.profileKey, blob.sealed, link.root);
  checkVersion(manifest, link);
  return { manifest, bundles: demand(await connection.takePreKeys({ link: link.capability }, 0)) };
}

/**
 * The same straight from the owner, who must answer at one of the link's direct addresses with a PeerId of its manifest.
 * @param connect gives a connection to the PeerId that an address names @throws as findByRelay, OFFLINE
 */
export async function findDirectly(link: Invite, connect: (address: string, peerId: string) => Promise<DirectPeer>): Promise<Found> {
  let failure: unknown = new SottoError('OFFLINE', 'The link names no address that can be reached.');
  for (const address of link.direct) {
    const { peerId } = parseDialAddress(address);
    const peer = await connect(address, peerId).catch((error) => {
      failure = error;
      return null;
    });
    if (peer === null) continue;
    const { sealedManifest, bundles } = demand(await peer.getContact(link.capability));
    const manifest = openSealedManifest(link.profileKey, sealedManifest, link.root);
    checkVersion(manifest, link);
    if (!manifest.devices.some((device) => peerIdOf(device.peer) === peerId))
      throw new SottoError('BAD_MANIFEST', 'Who answers at the address of the link is no device of the account it names.');
    return { manifest, bundles };
  }
  throw failure;
}

/** Refuses a manifest older than the link (H4). @throws STALE_MANIFEST */
export function checkVersion(manifest: CheckedManifest, link: Invite): void {
  if (manifest.version < link.manifestVersion)
    throw new SottoError('STALE_MANIFEST', 'The relay handed out an older list of devices than the link names.');
}

function demand<T>(answer: Answer<T> | DirectAnswer<T>): T {
  if (answer.ok) return answer.value;
  const { name, detail } = answer.refusal;
  if (name === 'EXPIRED' || name === 'CAPABILITY' || name === 'NOT_FOUND') throw new SottoError('LINK_EXPIRED');
  throw new SottoError('REFUSED', `The link was refused (${name}${detail === '' ? '' : `: ${detail}`}).`);
}

/** Starts sessions with the devices found and puts the sealed request into the outbox: one commit. @throws as startSession, ALREADY, STORE_FAILED */
export function writeRequest(parts: Parts, link: Invite, found: Found, petname: string | null, back: ReturnPath): Promise<Contact> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const news: (() => void)[] = [];
    const root = fieldOf(link.root);
    const known = await contactByRoot(change, root);
    if (known?.state === 'accepted') throw new SottoError('ALREADY', 'You are in touch already.');
    const held = await holdManifest(change, found.manifest);
    if (held === 'conflict' || held === 'too-far') throw new SottoError('BAD_MANIFEST', 'The list of devices contradicts one seen before.');
    await startSessions(parts, change, found);
    const contact: ContactRecord = {
      root,
      petname: petname ?? known?.petname ?? null,
      claimedName: known?.claimedName ?? null,
      state: 'requested',
      verified: known?.verified ?? false,
      blocked: false,
      answerTo: known?.answerTo ?? null,
      profileKey: fieldOf(link.profileKey),
      contactCapability: known?.contactCapability ?? null,
      direct: link.direct,
      conversation: null,
      told: parts.self().manifest.version,
      at: parts.clock.now(),
    };
    await putContact(change, contact);
    await writeLetter(parts, change, { ...letterOf(parts, link, found.manifest, back), contact: root }, news);
    await change.commit();
    news.push(() => parts.announce({ event: 'contact', contact: contactView(contact, parts.direct) }));
    for (const tell of news) tell();
    return contactView(contact, parts.direct);
  });
}

/** With every device whose prekeys are there; one is enough. @throws REFUSED, as startSession */
async function startSessions(parts: Parts, change: Change, { manifest, bundles }: Found): Promise<void> {
  let started = 0;
  for (const { id } of manifest.devices) {
    const bundle = bundles.find((one) => one.device === id);
    if (bundle === undefined) continue;
    await startSession(change, parts.self().me, { root: manifest.root, device: id }, bundle, parts.clock.now());
    started += 1;
  }
  if (started === 0) throw new SottoError('REFUSED', 'The relay has no prekeys of this contact; try again later.');
}

function letterOf(parts: Parts, link: Invite, manifest: CheckedManifest, back: ReturnPath) {
  const self = parts.self();
  const returnInbox = returnInboxOf(self, back);
  const what = { case: 'request' as const, value: create(RequestSchema, { name: self.name, linkHash: capabilityHash(link.capability) }) };
  return { manifest, target: { relays: link.relays, direct: link.direct, capability: fieldOf(link.capability) }, what, returnInbox };
}
