// New sessions, begun by this device: where it could not open something and names what to say again (H3), and where something was said
// without a device. Reset at most once per peer device and hour, so that forged entries cannot make anybody reset in a loop.
import { create } from '@bufbuild/protobuf';
import { heldManifest } from '../session/held.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { takeNewSession } from '../session/reset.ts';
import { missingSessions, startSession } from '../session/start.ts';
import { Change } from '../store/change.ts';
import { NewSessionSchema } from '../wire/gen/content_pb.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import { NEW_SESSION_MS } from '../wire/limits.ts';
import { freshInner } from './compose.ts';
import { contactByRoot } from './contacts.ts';
import { loadConversation } from './conversations.ts';
import { allOwed, allWanted, forgetWanted, type Owed, type WantedRecord, type WantedSession, wantedRecord } from './owed.ts';
import type { Parts, Self } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { type B64, bytesOf, fieldOf } from './records.ts';
import { sayOwed } from './say-again.ts';
import { sayInto } from './send.ts';
import { isStoreFault } from './store-fault.ts';
import { warn } from './warnings.ts';

/** Fetches one fresh bundle of a contact's device, or null when it cannot be had now. */
export type FetchBundle = (contact: ContactRecord, manifest: CheckedManifest, device: number) => Promise<PreKeyBundle | null>;

/** What a try found out: nothing more to do, nothing to be done now, or somebody to begin a session with. */
type Prospect = 'over' | 'later' | { readonly from: ContactRecord; readonly manifest: CheckedManifest; readonly needsBundle: boolean };

/** The sessions that are wanted, tried until they stand. What is wanted, and why, is on the disk; memory only says where to look. */
export class NewSessions {
  readonly #parts: Parts;
  readonly #fetch: FetchBundle;
  readonly #queued: () => void;
  /** Null until the disk was read. */
  #wanted: Map<string, WantedSession> | null = null;
  readonly #early: WantedSession[] = [];
  /** Until when (monotonic, ms) devices rest whose bundle was of no use. */
  readonly #resting = new Map<string, number>();
  #running = false;

  /** @param queued called when something was put into the outbox */
  constructor(parts: Parts, fetch: FetchBundle, queued: () => void) {
    this.#parts = parts;
    this.#fetch = fetch;
    this.#queued = queued;
  }

  /** A session is wanted, and the disk says why. One that is tried already waits for its next turn. */
  want(wanted: WantedSession): void {
    if (this.#wanted?.has(nameOf(wanted)) === true) return;
    this.#early.push(wanted);
    void this.retry();
  }

  /** Tries everything still wanted, as far as the limit allows. Faults wait for the next try. */
  async retry(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      const all = this.#wanted ?? byName(await allWanted(this.#parts.store, fieldOf(this.#parts.self().me.root)));
      this.#wanted = all;
      let turn = [...all.values()];
      while (turn.length > 0 || this.#early.length > 0) {
        for (const wanted of turn) if (await this.#ask(wanted).catch(() => false)) all.delete(nameOf(wanted));
        // What came up meanwhile: a first try at once.
        turn = [...byName(this.#early.splice(0)).values()].filter((one) => !all.has(nameOf(one)));
        for (const wanted of turn) all.set(nameOf(wanted), wanted);
      }
    } catch {
      // A fault of our own disk: looked at again with the next turn.
    } finally {
      this.#running = false;
    }
  }

  /** Reads the disk anew with the next try, after a failure left open what is on it. */
  reload(): void {
    this.#wanted = null;
  }

  /** True when nothing more is wanted of this device. */
  async #ask(wanted: WantedSession): Promise<boolean> {
    if (this.#parts.self().cloned || this.#parts.clock.monotonic() < (this.#resting.get(nameOf(wanted)) ?? 0)) return false;
    const prospect = await this.#parts.serial(() => this.#look(wanted));
    if (prospect === 'over' || prospect === 'later') return prospect === 'over';
    const bundle = prospect.needsBundle ? await this.#fetch(prospect.from, prospect.manifest, wanted.device) : null;
    if (prospect.needsBundle && bundle === null) return false;
    const news: (() => void)[] = [];
    const isBegun = await this.#parts
      .serial(() => this.#begin(wanted, bundle, news))
      .catch((error: unknown) => {
        // One that cannot be used must not make us use up the pool of the device.
        if (!isStoreFault(error)) this.#resting.set(nameOf(wanted), this.#parts.clock.monotonic() + NEW_SESSION_MS);
        throw error;
      });
    for (const tell of news) tell();
    if (isBegun) this.#queued();
    return isBegun;
  }

  /** Whom to ask, inside the one queue. A device that its account no longer lists is owed nothing. */
  async #look(wanted: WantedSession): Promise<Prospect> {
    const parts = this.#parts;
    const change = new Change(parts.store);
    const record = await wantedRecord(change, wanted);
    if (record === null) return 'over';
    const conversation = await loadConversation(change, wanted.conversation);
    const contact = await contactByRoot(change, conversation.contact);
    if (contact === null || contact.blocked) return 'later';
    const self = parts.self();
    const isOwn = wanted.account === fieldOf(self.me.root);
    const manifest = isOwn ? self.manifest : await heldManifest(change, bytesOf(wanted.account));
    if (manifest?.devices.some(({ id }) => id === wanted.device) !== true) {
      forgetWanted(change, wanted, await allOwed(parts.store, wanted));
      await change.commit();
      return 'over';
    }
    const needsBundle = await this.#needsBundle(change, wanted, record);
    return needsBundle === null ? 'later' : { from: isOwn ? asContact(self) : contact, manifest, needsBundle };
  }

  /** False when there is a session by now and nothing to be reset; null when the hour since the last reset is not over. */
  async #needsBundle(change: Change, { account, device }: WantedSession, { outer }: WantedRecord): Promise<boolean | null> {
    const to = { root: bytesOf(account), device };
    const now = this.#parts.clock.now();
    const isMissing = (await missingSessions(change, [to], now)).length > 0;
    const mayReset = outer.length > 0 && (await takeNewSession(change, to, now));
    if (isMissing) return true;
    return outer.length === 0 ? false : mayReset ? true : null;
  }

  /** Begins the session and says what is due, in one commit. False when it must wait after all. */
  async #begin(wanted: WantedSession, bundle: PreKeyBundle | null, news: (() => void)[]): Promise<boolean> {
    const parts = this.#parts;
    const change = new Change(parts.store);
    const record = await wantedRecord(change, wanted);
    if (record === null) return true;
    const needsBundle = await this.#needsBundle(change, wanted, record);
    if (needsBundle === null || (needsBundle && bundle === null)) return false;
    const to = { root: bytesOf(wanted.account), device: wanted.device };
    if (needsBundle && bundle !== null) await startSession(change, parts.self().me, to, bundle, parts.clock.now());
    if (record.outer.length > 0) {
      const what = { case: 'newSession' as const, value: create(NewSessionSchema, { unopened: record.outer.map(bytesOf) }) };
      await sayInto(parts, change, { conversation: wanted.conversation, inner: freshInner(), what }, news);
    }
    const owed = await allOwed(parts.store, wanted);
    if (record.since !== null) await this.#give(change, wanted, record.since, owed, news);
    forgetWanted(change, wanted, owed);
    await change.commit();
    return true;
  }

  async #give(change: Change, { conversation }: WantedSession, since: B64, owed: readonly Owed[], news: (() => void)[]): Promise<void> {
    const left = await sayOwed(this.#parts, change, conversation, since, owed, news);
    if (left === 0) return;
    const text = `${left} older messages do not reach a device that your contact added, or that was long away.`;
    warn(this.#parts, change, news, { kind: 'unopened', conversation, text });
  }
}

function nameOf({ conversation, account, device }: WantedSession): string {
  return `${conversation} ${account} ${device}`;
}

function byName(wanted: readonly WantedSession[]): Map<string, WantedSession> {
  return new Map(wanted.map((one) => [nameOf(one), one]));
}

/** Ourselves, as far as fetching the bundles of our own other devices goes. */
function asContact({ me, contactCapability }: Self): ContactRecord {
  return {
    root: fieldOf(me.root),
    petname: null,
    claimedName: null,
    state: 'accepted',
    verified: true,
    blocked: false,
    answerTo: null,
    profileKey: null,
    contactCapability: fieldOf(contactCapability),
    direct: [],
    conversation: null,
    at: 0,
  };
}
