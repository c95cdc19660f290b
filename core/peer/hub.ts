// One line to each relay somebody here needs: kept connected with backoff, shared by all that uses it.
import type { RelayStatus } from '../api.ts';
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { keepConnected } from '../net/reconnect.ts';
import type { Refusal, RelayConnection } from '../net/relay-connection.ts';
import { parseRelayLine } from '../net/relay-line.ts';
import { RelayAddresses } from './relay-addresses.ts';

/** Makes one connection; the network modules stay behind this, so that reading history never loads them. */
export type Connect = (address: string, signal: AbortSignal) => Promise<RelayConnection>;

/** Told whenever a line changes. */
export interface HubEvents {
  up(line: RelayLine, connection: RelayConnection): void;
  /** @param dismissal why the relay ended it, when it said so */
  down(line: RelayLine, dismissal: Refusal | null): void;
  status(status: RelayStatus): void;
  /** Where we ourselves say that this relay is: the address of a home relay of ours; null for any other. */
  ownAddress(peerId: string): Promise<string | null>;
}

/** The line to one relay. */
export interface RelayLine {
  /** The one it is connected to, or the first it was last tried at. */
  address: string;
  readonly peerId: string;
  /** Null while it is not connected. */
  connection: RelayConnection | null;
  /** Why not, for a person; null while connected or not yet tried. */
  reason: string | null;
  /** What the relay would not do for us, for a person; the line is tried again all the same. Null while nothing was refused. */
  refusal: string | null;
}

interface Kept {
  readonly line: RelayLine;
  readonly addresses: RelayAddresses;
  /** When it was last asked for (monotonic, ms). */
  neededAt: number;
  stop: AbortController;
}

/** All lines of a peer. */
export class Hub {
  readonly #connect: Connect;
  readonly #clock: Clock;
  readonly #events: HubEvents;
  readonly #lines = new Map<string, Kept>();
  #closed = false;

  constructor(connect: Connect, clock: Clock, events: HubEvents) {
    this.#connect = connect;
    this.#clock = clock;
    this.#events = events;
  }

  /**
   * The line to this relay, begun if it was not there. A relay is its PeerId; another address of one that is known already is tried too.
   * @throws BAD_INPUT for an address without /p2p/, CLOSED
   */
  need(named: string): RelayLine {
    if (this.#closed) throw new SottoError('CLOSED');
    const { peerId, address } = parseRelayLine(named);
    const known = this.#lines.get(peerId);
    if (known !== undefined) {
      known.neededAt = this.#clock.monotonic();
      if (known.addresses.add(address)) this.#hurry(known);
      return known.line;
    }
    const line: RelayLine = { address, peerId, connection: null, reason: null, refusal: null };
    const neededAt = this.#clock.monotonic();
    const kept: Kept = { line, addresses: new RelayAddresses(address), neededAt, stop: new AbortController() };
    this.#lines.set(peerId, kept);
    this.#run(kept);
    return line;
  }

  /** The line to a relay if somebody needed it. */
  line(peerId: string): RelayLine | null {
    return this.#lines.get(peerId)?.line ?? null;
  }

  /** Every line. */
  lines(): RelayLine[] {
    return [...this.#lines.values()].map(({ line }) => line);
  }

  /** PeerIds of relays that nobody asked for in the last `ms`. */
  idle(ms: number): string[] {
    const before = this.#clock.monotonic() - ms;
    return [...this.#lines.values()].filter(({ neededAt }) => neededAt <= before).map(({ line }) => line.peerId);
  }

  /** Tries again now instead of after the backoff: a person asked. */
  hurry(): void {
    for (const kept of this.#lines.values()) this.#hurry(kept);
  }

  /** Gives a line up. */
  async drop(peerId: string): Promise<void> {
    const kept = this.#lines.get(peerId);
    if (kept === undefined) return;
    this.#lines.delete(peerId);
    kept.stop.abort();
    const { line } = kept;
    const { connection } = line;
    line.connection = null;
    this.#events.down(line, null);
    await connection?.close();
  }

  /** How a line stands, for people. */
  status(line: RelayLine): RelayStatus {
    const away = line.refusal !== null ? 'refused' : line.reason === null ? 'connecting' : 'waiting';
    const state = line.connection === null ? away : 'connected';
    return { address: line.address, peerId: line.peerId, state, reason: line.reason };
  }

  /** Ends a connection over which the relay refuses what we need, and keeps its words. */
  async refuse(line: RelayLine, reason: string): Promise<void> {
    line.refusal = reason;
    await line.connection?.close();
  }

  /** Closes every line. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#lines.keys()].map((peerId) => this.drop(peerId)));
  }

  #hurry(kept: Kept): void {
    if (kept.line.connection !== null || kept.line.reason === null) return;
    kept.stop.abort();
    kept.stop = new AbortController();
    this.#run(kept);
  }

  #run(kept: Kept): void {
    const { line, stop } = kept;
    void keepConnected({
      connect: (signal) => this.#attempt(kept, signal),
      clock: this.#clock,
      random: Math.random,
      onUp: (connection) => this.#up(line, connection),
      onDown: (reason) => this.#down(line, sentence(reason)),
      signal: stop.signal,
    });
  }

  /** One attempt at each address whose turn it is. @throws what the first of them did */
  async #attempt({ line, addresses }: Kept, signal: AbortSignal): Promise<RelayConnection> {
    const failures: unknown[] = [];
    const turn = addresses.next(await this.#events.ownAddress(line.peerId));
    for (const address of turn) {
      line.address = address;
      try {
        const connection = await this.#connect(address, signal);
        addresses.worked(address);
        return connection;
      } catch (error) {
        failures.push(error);
        addresses.failed(address);
        if (signal.aborted) break;
      }
    }
    line.address = turn[0] ?? line.address;
    throw failures[0];
  }

  #up(line: RelayLine, connection: RelayConnection): void {
    line.connection = connection;
    line.reason = null;
    line.refusal = null;
    this.#events.up(line, connection);
    this.#events.status(this.status(line));
  }

  #down(line: RelayLine, reason: string): void {
    const dismissal = line.connection?.dismissal ?? null;
    line.connection = null;
    line.reason = line.refusal ?? reason;
    this.#events.down(line, dismissal);
    this.#events.status(this.status(line));
  }
}

/** Why a connection ended, as a person may read it. */
function sentence(reason: unknown): string {
  if (reason instanceof SottoError) return reason.message;
  return typeof reason === 'string' ? reason : 'The relay cannot be reached.';
}
