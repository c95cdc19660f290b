// A peer behind the contract: reading is served from the store at once; everything else loads the engine, and the network when asked.
import type { Message, PeerApi, PeerEvent } from '../api.ts';
import { systemClock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { createSerial } from '../session/lock.ts';
import type { VaultKeys } from '../store/vault.ts';
import { contactViews } from './contacts.ts';
import { messageDetail } from './detail.ts';
import { DirectNow } from './direct-now.ts';
import type { Engine } from './engine.ts';
import { conversationList, conversationWith, history, historyAfter, requestList } from './history.ts';
import { openHome, openHomeWith } from './home.ts';
import { indexAgainIfPossible } from './late-index.ts';
import { markRead } from './mark-read.ts';
import type { Network } from './network.ts';
import type { Online } from './online.ts';
import type { Reading } from './parts.ts';
import { privacyOf, setPrivacy } from './privacy.ts';
import type { EarlyStamps } from './submit.ts';
import { saveTyped, typed } from './typed.ts';
import { firstUnread } from './unread.ts';
import { warningView } from './views.ts';
import { warnings } from './warnings.ts';

/** What opens a peer. */
export interface OpenPeerOptions {
  readonly home: string;
  /** Asked only when the home has no key file; null: never. */
  readonly passphrase: (() => Promise<string>) | null;
  /** The keys of its vault, for whoever opened that already; nobody is asked then. */
  readonly keys?: VaultKeys;
  /** Multiaddrs to listen on for direct connections. */
  readonly listen?: readonly string[];
  /** Looks for contacts on the local network, and is seen there. */
  readonly lan?: boolean;
  /** False: no module of the network is loaded until goOnline. */
  readonly online: boolean;
}

/** A peer that was opened. */
export interface RunningPeer {
  readonly api: PeerApi;
  /** Begins the lines to the relays and the direct path; twice is harmless. */
  goOnline(): Promise<void>;
  /** Stops everything in order; what was said is on the disk. */
  close(): Promise<void>;
}

/** Opens a home and serves its contract. @throws NO_HOME, HOME_BUSY, WRONG_PASSPHRASE, STORE_DAMAGED, STORE_FAILED */
export async function openPeer(options: OpenPeerOptions): Promise<RunningPeer> {
  const { home, passphrase, keys } = options;
  const store = keys === undefined ? await openHome(home, passphrase) : await openHomeWith(home, keys);
  await indexAgainIfPossible(store);
  const peer = new Peer(options, { store, clock: systemClock, serial: createSerial(), direct: new DirectNow() });
  if (options.online) await peer.goOnline();
  return peer;
}

/** Messages whose last state told is remembered, so that nothing is told twice. */
const MOST_TOLD = 4_096;

class Peer implements RunningPeer {
  readonly api: PeerApi;
  readonly #options: OpenPeerOptions;
  readonly #reading: Reading;
  readonly #listeners = new Set<(event: PeerEvent) => void>();
  readonly #told = new Map<string, string>();
  readonly #counts = { received: 0, sent: new Set<string>() };
  #engine: Promise<Engine> | null = null;
  #network: Promise<Network> | null = null;
  readonly #closing = new AbortController();
  #closed = false;

  constructor(options: OpenPeerOptions, reading: Reading) {
    this.#options = options;
    this.#reading = reading;
    this.api = this.#makeApi();
  }

  async goOnline(): Promise<void> {
    await this.#goOnline();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort();
    const engine = await this.#engine?.catch(() => null);
    await engine?.close();
    const network = await this.#network?.catch(() => null);
    await network?.stop();
    await this.#reading.store.close();
  }

  #running(): Promise<Engine> {
    if (this.#closed) throw new SottoError('CLOSED');
    if (this.#engine !== null) return this.#engine;
    const starting = import('./engine.ts').then(({ Engine }) =>
      Engine.start({ ...this.#reading, announce: (event) => this.#announce(event) }),
    );
    this.#engine = starting;
    // What failed may have passed by the next call: a full disk, a busy port.
    starting.catch(() => {
      if (this.#engine === starting) this.#engine = null;
    });
    return starting;
  }

  #goOnline(): Promise<Network> {
    if (this.#network !== null) return this.#network;
    const starting = this.#running().then(async (engine) => {
      const { startNetwork } = await import('./network.ts');
      return startNetwork(engine, { listen: this.#options.listen ?? [], lan: this.#options.lan ?? false });
    });
    this.#network = starting;
    starting.catch(() => {
      if (this.#network === starting) this.#network = null;
    });
    return starting;
  }

  #announce(event: PeerEvent): void {
    if (event.event === 'message' && event.message.direction === 'in') this.#counts.received += 1;
    if (event.event === 'state' && hasLeft(event.message)) this.#counts.sent.add(event.message.id);
    if (event.event === 'state' && this.#isOldNews(event.message)) return;
    for (const listener of this.#listeners) listener(event);
  }

  /** A stamp is told when the relay gives it; reading it back from the log says the same once more. */
  #isOldNews({ id, state, seq, provisional }: Message): boolean {
    const news = `${state} ${seq} ${provisional}`;
    const known = this.#told.get(id) === news;
    this.#told.delete(id);
    this.#told.set(id, news);
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= MOST_TOLD) break;
      this.#told.delete(oldest);
    }
    return known;
  }

  async #early(): Promise<EarlyStamps> {
    return this.#engine === null ? new Map() : (await this.#engine).early;
  }

  /** What the store alone answers: no engine is loaded for it. */
  #stored() {
    const reading = this.#reading;
    const announce = (event: PeerEvent) => this.#announce(event);
    return {
      history: async ({ who, limit, before }) => history(reading, await this.#early(), who, limit, before),
      historyAfter: async ({ who, limit, after }) => historyAfter(reading, await this.#early(), who, limit, after),
      firstUnread: async ({ who }) => ({ cursor: await firstUnread(reading, who) }),
      saveTyped: ({ who, text }) => saveTyped(reading, who, text, announce),
      typed: () => typed(reading),
      conversations: async ({ from = 0, limit = Number.POSITIVE_INFINITY }) => conversationList(reading, await this.#early(), from, limit),
      conversation: async ({ who }) => conversationWith(reading, await this.#early(), who),
      detail: async ({ id }) => messageDetail(reading, await this.#early(), id),
      contacts: () => contactViews(reading),
      requests: () => requestList(reading),
      privacy: () => privacyOf(reading.store),
      warnings: async () => (await warnings(reading.store)).map(warningView),
    } satisfies Partial<PeerApi>;
  }

  /** What is only good for a moment. */
  #moments() {
    const reading = this.#reading;
    const engine = () => this.#running();
    const calls = () => import('./calls.ts');
    return {
      typing: async ({ who, active }) => {
        await (await calls()).typing(await engine(), who, active);
        return {};
      },
      presence: async ({ who }) => (await calls()).presence(await engine(), who, 0),
      watchPresence: async ({ who, forMs }) => (await calls()).presence(await engine(), who, forMs),
      setPrivacy: async (fields) => {
        const privacy = await setPrivacy(reading, fields, (event) => this.#announce(event));
        if (this.#engine !== null) (await this.#engine).parts.live.changed(privacy);
        return privacy;
      },
    } satisfies Partial<PeerApi>;
  }

  /** What is done with one contact. */
  #contacts() {
    const engine = () => this.#running();
    const calls = () => import('./calls.ts');
    return {
      rename: async ({ who, petname }) => (await import('./rename.ts')).rename((await engine()).parts, who, petname),
      reject: async ({ who }) => {
        await (await engine()).reject(who);
        return {};
      },
      block: async ({ who }) => (await engine()).setBlocked(who, true),
      unblock: async ({ who }) => (await engine()).setBlocked(who, false),
      safetyNumber: async ({ who }) => (await calls()).safetyNumberOf(await engine(), who),
      setVerified: async ({ who, verified }) => (await engine()).setVerified(who, verified),
    } satisfies Partial<PeerApi>;
  }

  #makeApi(): PeerApi {
    const reading = this.#reading;
    const engine = () => this.#running();
    const network = async () => {
      const started = await this.#goOnline();
      return { engine: await engine(), network: started };
    };
    const calls = () => import('./calls.ts');
    return {
      ...this.#stored(),
      ...this.#moments(),
      ...this.#contacts(),
      markRead: async ({ who, upTo }) => {
        const conversation = await markRead(reading, who, upTo, (event) => this.#announce(event));
        if (conversation !== null && this.#engine !== null) (await this.#engine).touchReceipt(conversation);
        return {};
      },
      identity: async () => (await calls()).identity(await engine(), await this.#network, this.#options.home),
      setName: async ({ name }) => {
        const running = await engine();
        await (await import('./rename.ts')).setName(running, name);
        return (await calls()).identity(running, await this.#network, this.#options.home);
      },
      addRelay: async ({ relay }) => {
        const { engine: running } = await network();
        return (await calls()).addHomeRelay(running, relay);
      },
      removeRelay: async ({ relay }) => (await calls()).removeHomeRelay(await engine(), relay),
      createInvite: async (input) => {
        const running = await network();
        return (await calls()).createInvite(running.engine, running.network, input);
      },
      invites: async () => (await calls()).inviteList(reading.store),
      revokeInvite: async ({ link }) => (await calls()).revoke(await engine(), link),
      addContact: async ({ link, petname }) => {
        const running = await network();
        return (await calls()).addContact(running.engine, running.network, link, petname);
      },
      accept: async ({ who, petname }) => (await engine()).accept(who, petname),
      send: async ({ who, text, id, typed: wasTyped }) => (await engine()).send(who, text, id, wasTyped === true),
      settled: async ({ ids, timeoutMs }) => (await import('./sync.ts')).settled(await engine(), ids, timeoutMs),
      resend: async ({ id }) => (await engine()).resend(id),
      sync: async ({ timeoutMs }) => {
        const running = await network();
        return (await import('./sync.ts')).sync(running.engine, this.#counts, timeoutMs);
      },
      putBlob: async (input) => (await import('./blobs.ts')).putBlob((await network()).engine, this.#closing.signal, input),
      getBlob: async (input) => (await import('./blobs.ts')).getBlob((await network()).engine, this.#closing.signal, input),
      recovery: async () => (await calls()).recovery(await engine()),
      wake: async () => keeperOf((await network()).engine).state(),
      setWake: async ({ endpoint }) => keeperOf((await network()).engine).set(endpoint),
      onEvent: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}

/** Who tells relays where this device is called. @throws OFFLINE */
function keeperOf({ online }: Engine): Online['wake'] {
  if (online === null) throw new SottoError('OFFLINE');
  return online.wake;
}

/** True for a message of ours that a relay stamped, or that the other side took directly. */
function hasLeft(message: Message): boolean {
  return message.direction === 'out' && (message.state === 'stored' || (message.state === 'delivered' && message.provisional));
}
