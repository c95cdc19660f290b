// The conductor of the direct path: which connections to contacts there are, what goes out on each, and what came in.
import { SottoError } from '../base/errors.ts';
import type { FrameChannel } from '../net/channel.ts';
import { type DirectPeer, openDirect } from '../net/direct-channel.ts';
import type { Discovery } from '../net/discovery.ts';
import { peerIdOf } from '../net/peer-key.ts';
import { heldManifest } from '../session/held.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { Change } from '../store/change.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import type { Invite } from '../wire/link.ts';
import { allContacts, contactByRoot } from './contacts.ts';
import { Lines, type Reachable } from './direct-lines.ts';
import { type Link, Links } from './direct-links.ts';
import { DirectOut } from './direct-out.ts';
import { directAnswers } from './direct-serve.ts';
import type { Parts, Self } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { type B64, bytesOf } from './records.ts';
import { type Found, findDirectly } from './request.ts';
import { contactView } from './views.ts';
import type { Comparison } from './witness.ts';

/** How long a stranger may stay connected, ms: long enough to fetch keys and leave a request. */
const STRANGER_MS = 60_000;

/** How long a connected contact is waited for before it counts as having nothing for us, ms. */
const CATCH_UP_MS = 5_000;

/** What carries direct connections. */
export interface DirectTransport {
  /** Our own PeerId. */
  readonly peerId: string;
  /** Where we answer; empty while we do not listen. */
  readonly addresses: readonly string[];
  dial(address: string, signal: AbortSignal): Promise<FrameChannel>;
  /** Null unless looking around on the local network was asked for. */
  readonly discovery: Discovery | null;
}

/** No direct path at all: nobody is dialled, nobody is answered. */
export function noDirect({ me }: Self): DirectTransport {
  const dial = () => Promise.reject(new SottoError('OFFLINE'));
  return { peerId: peerIdOf(me.peer.publicKey), addresses: [], dial, discovery: null };
}

/** What happens on the direct path that others must know. */
export interface DirectEvents {
  /** Entries came directly: a receipt is due, and they may have to be carried. */
  received(conversation: B64): void;
  /** The peer took entries of ours. */
  taken(conversation: B64): void;
  compared(conversation: B64, seen: Comparison): void;
  progress(): void;
}

/** Everything under way between this device and others without a relay. */
export class DirectPath {
  readonly #parts: Parts;
  readonly #transport: DirectTransport;
  readonly #events: DirectEvents;
  readonly #links: Links;
  readonly #lines: Lines;
  readonly #outs = new Map<Link, DirectOut>();
  #people: readonly Person[] = [];
  #refreshing: Promise<void> | null = null;
  #refreshAgain = false;
  /** Our own news of who is connected changes nothing about whom to dial. */
  #isTelling = false;
  #closed = false;

  constructor(parts: Parts, transport: DirectTransport, events: DirectEvents) {
    this.#parts = parts;
    this.#transport = transport;
    this.#events = events;
    this.#links = new Links(transport.peerId);
    this.#lines = new Lines({
      clock: parts.clock,
      dial: (address, signal) => this.#dial(address, signal),
      link: (root) => this.#links.to(root),
      progress: () => events.progress(),
    });
  }

  /** Begins to dial contacts, and to look around if that was asked for. @throws OFFLINE when the local network cannot be looked at */
  async start(): Promise<void> {
    await this.refresh();
    await this.#transport.discovery?.start((peerId, addresses) => this.#found(peerId, addresses));
  }

  /** Where we answer. */
  get addresses(): readonly string[] {
    return this.#transport.addresses;
  }

  /** Takes a connection somebody else dialled. */
  accept(channel: FrameChannel): void {
    this.#open(channel, false);
  }

  /** Contacts changed: who is dialled, and who is who among the connected. */
  refresh(): Promise<void> {
    if (this.#isTelling) return Promise.resolve();
    this.#refreshAgain = true;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Something may wait in an outbox. */
  kick(): void {
    for (const out of this.#outs.values()) out.kick();
  }

  /** Our receipts of a contact's conversation changed. */
  touch(root: B64): void {
    const link = this.#links.to(root);
    if (link !== null) this.#outs.get(link)?.touch();
  }

  /** Tries again now. */
  hurry(): void {
    this.#lines.hurry();
  }

  /** Opens a link by its direct addresses. @throws OFFLINE, LINK_EXPIRED, REFUSED, STALE_MANIFEST, BAD_SIGNATURE, BAD_MANIFEST */
  find(link: Invite): Promise<Found> {
    const signal = new AbortController().signal;
    return findDirectly(link, async (address, peerId) => this.#links.toDevice(peerId)?.peer ?? (await this.#dial(address, signal)));
  }

  /** One fresh bundle of a contact's device, or null while it is not connected or refuses. */
  async takeBundle(contact: ContactRecord, manifest: CheckedManifest, device: number): Promise<PreKeyBundle | null> {
    const peer = manifest.devices.find(({ id }) => id === device)?.peer;
    const link = peer === undefined ? null : this.#links.toDevice(peerIdOf(peer));
    if (link === null || contact.answerTo === null) return null;
    const answer = await link.peer.getContact(bytesOf(contact.answerTo.capability)).catch(() => null);
    return answer?.ok === true ? (answer.value.bundles.find((bundle) => bundle.device === device) ?? null) : null;
  }

  /** How a contact stands: connected and given everything both ways, on its way, or not to be reached now. */
  standing(root: B64): 'done' | 'busy' | 'away' {
    const link = this.#links.to(root);
    if (link !== null) return link.caughtUp && this.#outs.get(link)?.quiet === true ? 'done' : 'busy';
    return this.#lines.isTrying(root) ? 'busy' : 'away';
  }

  /** Why a contact is not connected, for people. */
  reason(root: B64): string | null {
    return this.#lines.reason(root);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#parts.direct.become(new Set());
    await this.#transport.discovery?.stop();
    this.#lines.close();
    for (const out of this.#outs.values()) out.stop();
    await Promise.all(this.#links.all().map((link) => link.peer.close()));
  }

  async #dial(address: string, signal: AbortSignal): Promise<DirectPeer> {
    if (this.#closed) throw new SottoError('CLOSED');
    return this.#open(await this.#transport.dial(address, signal), true);
  }

  #open(channel: FrameChannel, dialled: boolean): DirectPeer {
    const answers = directAnswers(this.#parts, channel.remotePeer, {
      isContact: () => this.#people.some(({ accepted, reachable }) => accepted && reachable.peerIds.includes(channel.remotePeer)),
      taken: (conversation) => this.#events.received(conversation),
      slot: (conversation, seen) => {
        this.#isCaughtUp(link);
        this.#events.compared(conversation, seen);
      },
    });
    const peer = openDirect(channel, answers, this.#parts.clock);
    const link: Link = { peer, dialled, root: null, caughtUp: false };
    this.#parts.clock.after(CATCH_UP_MS, () => this.#isCaughtUp(link));
    void peer.closed.then(() => this.#gone(link));
    if (this.#closed) void peer.close();
    else if (this.#links.add(link)) this.#identify(link);
    return peer;
  }

  #isCaughtUp(link: Link): void {
    if (link.caughtUp) return;
    link.caughtUp = true;
    this.#events.progress();
  }

  #gone(link: Link): void {
    this.#links.remove(link);
    this.#outs.get(link)?.stop();
    this.#outs.delete(link);
    this.#tellWho();
    this.#events.progress();
  }

  /** Who is connected now, when that changed. */
  #tellWho(): void {
    if (this.#closed) return;
    const roots = this.#links.all().flatMap(({ root }) => (root === null ? [] : [root]));
    for (const root of this.#parts.direct.become(new Set(roots)))
      void this.#tellOf(root).catch(() => this.#parts.log.warn('who is connected could not be told'));
  }

  async #tellOf(root: B64): Promise<void> {
    const contact = await contactByRoot(this.#parts.store, root);
    if (contact === null) return;
    this.#isTelling = true;
    this.#parts.announce({ event: 'contact', contact: contactView(contact, this.#parts.direct) });
    this.#isTelling = false;
  }

  /** Whose device it is, as far as manifests say; from then on it gets what waits for it. */
  #identify(link: Link): void {
    const person = this.#people.find(({ reachable }) => reachable.peerIds.includes(link.peer.peerId));
    const root = person?.reachable.root ?? null;
    if (root === null) {
      this.#expel(link);
      return;
    }
    link.root = root;
    const out = this.#outs.get(link) ?? this.#outTo(root, link);
    this.#outs.set(link, out);
    out.kick();
    this.#tellWho();
    this.#events.progress();
  }

  #outTo(root: B64, link: Link): DirectOut {
    return new DirectOut(this.#parts, root, link.peer, {
      taken: (conversation) => this.#events.taken(conversation),
      progress: () => this.#events.progress(),
    });
  }

  /** Not, or no longer, somebody we are in touch with. */
  #expel(link: Link): void {
    this.#outs.get(link)?.stop();
    this.#outs.delete(link);
    const wasKnown = link.root !== null;
    link.root = null;
    this.#tellWho();
    if (wasKnown) void link.peer.close();
    else this.#parts.clock.after(STRANGER_MS, () => link.root === null && void link.peer.close());
  }

  #found(peerId: string, addresses: readonly string[]): void {
    const owner = this.#people.find(({ reachable, mayDial }) => mayDial && reachable.peerIds.includes(peerId))?.reachable ?? null;
    this.#lines.found(peerId, addresses, owner);
  }

  async #refreshAll(): Promise<void> {
    while (this.#refreshAgain && !this.#closed) {
      this.#refreshAgain = false;
      this.#people = await peopleOf(this.#parts);
      if (this.#closed) return;
      for (const link of this.#links.all()) this.#identify(link);
      this.#lines.set(this.#people.filter(({ mayDial }) => mayDial).map(({ reachable }) => reachable));
    }
  }
}

interface Person {
  readonly reachable: Reachable;
  readonly accepted: boolean;
  readonly mayDial: boolean;
}

/** Everybody we are in touch with, or who may be: strangers who asked keep their connection, and are neither dialled nor told anything. */
async function peopleOf(parts: Parts): Promise<Person[]> {
  const people: Person[] = [];
  const change = new Change(parts.store);
  for (const contact of await allContacts(parts.store)) {
    const manifest = contact.blocked || contact.state === 'rejected' ? null : await heldManifest(change, bytesOf(contact.root));
    if (manifest === null) continue;
    const peerIds = manifest.devices.map((device) => peerIdOf(device.peer));
    const accepted = contact.state === 'accepted';
    const mayDial = accepted || contact.state === 'requested';
    people.push({ reachable: { root: contact.root, addresses: contact.direct, peerIds }, accepted, mayDial });
  }
  return people;
}
