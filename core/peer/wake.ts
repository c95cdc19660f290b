// Tells our relays where this device is called when something waits for it while it is away: the endpoint once a day, each log once.
// Kept in the sealed store. A relay learns no more by it than that those logs are read by one device.
import type { CallInput, CallOutput } from '../api.ts';
import { equal } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import type { Answer, RelayConnection } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import { HASH_BYTES } from '../wire/limits.ts';
import { openConversations } from './contacts.ts';
import { homeOf } from './conversations.ts';
import type { Parts } from './parts.ts';
import type { RelayRecord } from './people-records.ts';
import { type B64, bytesOf, fieldOf, keys, readRecord, writeRecord } from './records.ts';
import { allRelays } from './relays.ts';

type WakeState = CallOutput<'wake'>;
type WakeEndpoint = NonNullable<CallInput<'setWake'>['endpoint']>;

const KINDS = { webhook: 1, unifiedpush: 2, webpush: 3 } as const;
/** How often an endpoint is set again, ms: a relay forgets it after 37 days. After 30 everything is said anew. */
const RENEW_MS = 86_400_000;
const ANEW_MS = 30 * RENEW_MS;
/** Between something new and the telling of it, ms: logs come in numbers. */
const GATHER_MS = 500;
/** Logs told at a time, and the pause behind them, ms: below the rate that a relay allows for all commands. */
const LOGS_AT_A_TIME = 16;
const PAUSE_MS = 100;

/** What a relay was told. */
interface ToldRecord extends WakeEndpoint {
  /** 32 bytes: names the endpoint between this device and that relay. */
  readonly secret: B64;
  readonly incarnation: B64;
  /** When the endpoint was last set there, ms. */
  readonly at: number;
}

/** One of our relays while it is connected and holds all it must. */
export interface WakeHome {
  readonly relay: RelayRecord;
  readonly connection: RelayConnection;
  /** Handle of our inbox there. */
  readonly inbox: number;
}

/** What is connected now. */
export interface WakeSpots {
  homes(): Promise<readonly WakeHome[]>;
  /** Handle of a conversation's log; null while it is not open. */
  handle(conversation: B64): number | null;
  /** The connection to a relay by its PeerId, or null. */
  connection(peerId: string): RelayConnection | null;
}

/** Keeps relays told. */
export class WakeKeeper {
  readonly #parts: Parts;
  readonly #spots: WakeSpots;
  readonly #refusals = new Map<string, string>();
  /** Secret and log of what is known to be told. */
  readonly #marked = new Set<string>();
  #passing: Promise<void> = Promise.resolve();
  #isPlanned = false;
  #stopped = false;

  constructor(parts: Parts, spots: WakeSpots) {
    this.#parts = parts;
    this.#spots = spots;
  }

  /** A relay or a log is there that may not have been told. */
  touch(): void {
    if (this.#isPlanned || this.#stopped) return;
    this.#isPlanned = true;
    this.#parts.clock.after(GATHER_MS, () => {
      this.#isPlanned = false;
      void this.pass();
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Another endpoint, or none; answers once every connected relay has been told. @throws BAD_INPUT, STORE_FAILED */
  async set(endpoint: WakeEndpoint | null): Promise<WakeState> {
    if (endpoint !== null && !/^https?:$/.test(URL.parse(endpoint.url)?.protocol ?? ''))
      throw new SottoError('BAD_INPUT', 'An endpoint is an https URL.');
    await this.#write((change) =>
      endpoint === null ? change.delete(keys.wake('')) : writeRecord(change, keys.wake(''), { kind: endpoint.kind, url: endpoint.url }),
    );
    await this.pass();
    return this.state();
  }

  /** How it stands. @throws STORE_FAILED */
  async state(): Promise<WakeState> {
    const { store } = this.#parts;
    const endpoint = await this.#wanted();
    const own = await allRelays(store);
    const relays = await Promise.all(own.map((relay) => this.#stateOf(relay, endpoint)));
    const at = new Set(own.map(({ peerId }) => peerId));
    const homes = (await openConversations(store)).map(homeOf).filter((home) => home !== null);
    const told = await Promise.all(homes.map(async ({ log }) => (await readRecord<B64>(store, keys.wake(log))) !== null));
    const conversations = endpoint === null ? 0 : told.filter((isTold) => isTold).length;
    return { endpoint, relays, conversations, elsewhere: homes.filter(({ peerId }) => !at.has(peerId)).length };
  }

  async #stateOf({ address, peerId }: RelayRecord, endpoint: WakeEndpoint | null): Promise<WakeState['relays'][number]> {
    const told = await this.#told(peerId);
    const terms = this.#spots.connection(peerId)?.terms;
    const reason = endpoint === null ? null : (this.#refusals.get(peerId) ?? null);
    const isSet = told !== null && told.url === endpoint?.url && told.kind === endpoint.kind;
    const state = endpoint === null ? 'off' : reason !== null ? 'refused' : isSet ? 'set' : 'waiting';
    if (terms === undefined) return { relay: address, state, reason, key: null };
    const isUnable = terms.wakeKey.length === 0;
    return { relay: address, state: isUnable ? 'unable' : state, reason, key: isUnable ? null : fieldOf(terms.wakeKey) };
  }

  /** One pass at a time over everything connected; what fails is tried again with the next. */
  pass(): Promise<void> {
    this.#passing = this.#passing.then(async () => {
      try {
        for (const home of await this.#spots.homes()) if (!this.#stopped) await this.#tell(home);
      } catch {
        this.#parts.log.warn('a relay could not be told where to call');
      }
    });
    return this.#passing;
  }

  async #tell(home: WakeHome): Promise<void> {
    const { connection } = home;
    const { peerId } = home.relay;
    if (connection.terms.wakeKey.length === 0) return;
    const [wanted, told] = [await this.#wanted(), await this.#told(peerId)];
    if (wanted === null) return told === null ? undefined : this.#takeBack(connection, peerId, told);
    const secret = told === null || (await this.#isLost(home, told)) ? random(HASH_BYTES) : bytesOf(told.secret);
    const isNew = told === null || !equal(secret, bytesOf(told.secret));
    if (isNew || told.url !== wanted.url || told.kind !== wanted.kind || this.#age(told) > RENEW_MS) {
      const answer = await connection.wake.setEndpoint(secret, KINDS[wanted.kind], wanted.url);
      if (!this.#isTaken(peerId, answer)) return;
      const record = {
        ...wanted,
        secret: fieldOf(secret),
        incarnation: fieldOf(connection.terms.incarnation),
        at: this.#parts.clock.now(),
      };
      await this.#write((change) => writeRecord(change, keys.wake(peerId), record));
    }
    await this.#tellLogs(home, fieldOf(secret));
  }

  /** The relay forgot the endpoint, or may have: everything is said anew, under a new secret. */
  async #isLost({ relay, connection, inbox }: WakeHome, told: ToldRecord): Promise<boolean> {
    if (told.incarnation !== fieldOf(connection.terms.incarnation) || this.#age(told) > ANEW_MS) return true;
    if (this.#age(told) <= RENEW_MS) return false;
    const answer = await connection.wake.setWake(inbox, bytesOf(relay.inbox.reader), bytesOf(told.secret));
    return !answer.ok && answer.refusal.name === 'NOT_FOUND';
  }

  async #takeBack(connection: RelayConnection, peerId: string, told: ToldRecord): Promise<void> {
    const answer = await connection.wake.setEndpoint(bytesOf(told.secret), 0, '');
    if (this.#isTaken(peerId, answer)) await this.#write((change) => change.delete(keys.wake(peerId)));
  }

  async #tellLogs({ relay, connection, inbox }: WakeHome, secret: B64): Promise<void> {
    const here = (await openConversations(this.#parts.store)).flatMap((conversation) => {
      const home = homeOf(conversation);
      const handle = home?.peerId === relay.peerId ? this.#spots.handle(conversation.id) : null;
      return home === null || handle === null ? [] : [{ log: home.log, reader: home.reader, handle }];
    });
    const due = [{ log: relay.inbox.log, reader: relay.inbox.reader, handle: inbox }, ...here].filter(
      ({ log }) => !this.#marked.has(`${secret} ${log}`),
    );
    for (let from = 0; from < due.length && !this.#stopped; from += LOGS_AT_A_TIME) {
      const some = due.slice(from, from + LOGS_AT_A_TIME);
      const asked = await Promise.all(some.map((one) => this.#tellLog(connection, one, secret)));
      if (asked.includes(true)) await new Promise<void>((resolve) => this.#parts.clock.after(PAUSE_MS, resolve));
    }
  }

  /** True when the relay was asked. */
  async #tellLog(
    connection: RelayConnection,
    { log, reader, handle }: { log: B64; reader: B64; handle: number },
    secret: B64,
  ): Promise<boolean> {
    const isKnown = (await readRecord<B64>(this.#parts.store, keys.wake(log))) === secret;
    const answer = isKnown ? null : await connection.wake.setWake(handle, bytesOf(reader), bytesOf(secret));
    if (answer?.ok === true) await this.#write((change) => writeRecord(change, keys.wake(log), secret));
    if (isKnown || answer?.ok === true) this.#marked.add(`${secret} ${log}`);
    return !isKnown;
  }

  #isTaken(peerId: string, answer: Answer<void>): boolean {
    if (answer.ok) this.#refusals.delete(peerId);
    else this.#refusals.set(peerId, answer.refusal.detail === '' ? answer.refusal.name : answer.refusal.detail);
    return answer.ok;
  }

  #age({ at }: ToldRecord): number {
    return Math.abs(this.#parts.clock.now() - at);
  }

  #wanted(): Promise<WakeEndpoint | null> {
    return readRecord<WakeEndpoint>(this.#parts.store, keys.wake(''));
  }

  #told(peerId: string): Promise<ToldRecord | null> {
    return readRecord<ToldRecord>(this.#parts.store, keys.wake(peerId));
  }

  #write(write: (change: Change) => void): Promise<void> {
    return this.#parts.serial(async () => {
      const change = new Change(this.#parts.store);
      write(change);
      await change.commit();
    });
  }
}
