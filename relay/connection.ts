// One connection: hello first, then every frame to its station, answers in batches, never more in flight than the bounds allow.
// It must never throw into the channel, and never keep or name the PeerId of the other side (C7).
import type { Bytes } from '../core/base/bytes.ts';
import type { FrameChannel } from '../core/net/channel.ts';
import type { RefusalName } from '../core/wire/codes.ts';
import { FRAME, type Frame } from '../core/wire/frame.ts';
import { decodeAck } from '../core/wire/hot.ts';
import { CONNECT_DEADLINE_MS, MAX_IN_FLIGHT, MAX_IN_FLIGHT_BYTES } from '../core/wire/limits.ts';
import { Accept } from './accept.ts';
import type { Asker } from './admission/admission.ts';
import type { Meter } from './admission/meter.ts';
import { Answers } from './answers.ts';
import { Desk } from './desk.ts';
import { Handles } from './handles.ts';
import { Live } from './presence/live.ts';
import { Pusher } from './push.ts';
import { done, type Reply, refusalOf, refused } from './reply.ts';
import { hello } from './session.ts';
import type { Session, Shared } from './shared.ts';

/**
 * Between the last answer and the end of a connection, ms: a socket that is closed while the other side still writes is reset, and what
 * that side has not read yet is lost. Meanwhile everything new is refused as STOPPING.
 */
const LINGER_MS = 500;

/** Refusals of one connection after which it is not read from for a while: who heeds what is answered never hears so many at once. */
export const REFUSALS_BEFORE_A_REST = 256;
/** How long that is, ms: a thousand refusals a second at most, whatever comes, and a ping is late by no more than this. */
const REST_MS = 256;

/** One peer's connection to this relay. */
export class Connection implements Session {
  readonly shared: Shared;
  readonly handles = new Handles();
  readonly pusher: Pusher;
  readonly live: Live;
  registered = false;
  registration: Bytes = new Uint8Array(0);
  token: Bytes = new Uint8Array(0);
  registrations = 0;
  readonly asker: Asker;
  readonly meter: Meter;
  readonly #channel: FrameChannel;
  readonly #answers: Answers;
  readonly #accept: Accept;
  readonly #desk: Desk;
  #state: 'hello' | 'ready' | 'over' = 'hello';
  #inbox: Frame[] = [];
  #next = 0;
  #inFlight = 0;
  #inFlightBytes = 0;
  #paused = false;
  #refusals = 0;
  #resting = false;
  #pumping = false;
  #heard: number;
  #idle: (() => void) | null = null;

  /** @param address whose connections it is counted with; null where addresses are not counted */
  constructor(shared: Shared, channel: FrameChannel, address: string | null = null) {
    this.shared = shared;
    this.asker = { device: channel.remotePeer, address };
    this.meter = shared.admission.meter(this.asker);
    this.#channel = channel;
    this.#heard = shared.clock.monotonic();
    const { store, heads, log, metrics } = shared;
    const answer = (request: number, cost: number, reply: Reply) => this.#answer(request, cost, reply);
    this.#answers = new Answers(channel, () => this.#onRoom());
    const landed = (at: Bytes) => shared.wakes?.landed(at);
    this.#accept = new Accept({ store, log, metrics, handles: this.handles, meter: this.meter, landed, answer });
    this.pusher = new Pusher({
      store,
      heads,
      log,
      metrics,
      handles: this.handles,
      answers: this.#answers,
      giveUp: (reason) => void this.close(reason),
    });
    this.live = new Live(shared.board, this.#answers, () => this.heard);
    this.#desk = new Desk(this, (frame, reply) => answer(frame.request, frame.payload.length, reply));
  }

  /** Begins to take frames. @returns resolves when the connection is gone */
  async start(): Promise<void> {
    const cancel = this.shared.clock.after(CONNECT_DEADLINE_MS, () => this.#state === 'hello' && void this.close('No hello came.'));
    this.#channel.onFrames((frames) => this.#take(frames));
    await this.#channel.closed;
    cancel();
    this.#end();
  }

  /** When the other side last showed life, ms of the monotonic clock; now, while only our own disk keeps us from reading. */
  get heard(): number {
    return this.#paused && !this.#answers.isBlocked ? this.shared.clock.monotonic() : this.#heard;
  }

  /** A newer connection of the same device is here (H7). */
  leave(): void {
    this.#push(refused('ELSEWHERE', 'The same device connected again.'));
    this.#answers.flush();
    void this.close('The same device connected again.');
  }

  /** Answers what was accepted, takes nothing new, and goes. */
  async finish(): Promise<void> {
    this.#pump();
    if (this.#inFlight > 0 && this.#state !== 'over') await new Promise<void>((resolve) => (this.#idle = resolve));
    this.#answers.flush();
    await Promise.race([this.#channel.closed, new Promise<void>((resolve) => this.shared.clock.after(LINGER_MS, resolve))]);
    await this.close('The relay is going down.');
  }

  async close(reason: string): Promise<void> {
    this.#end();
    await this.#channel.close(reason);
  }

  #take(frames: Frame[]): void {
    if (this.#state === 'over') return;
    this.#heard = this.shared.clock.monotonic();
    this.live.awake();
    this.#inbox = this.#next < this.#inbox.length ? [...this.#inbox.slice(this.#next), ...frames] : frames;
    this.#next = 0;
    this.#pump();
  }

  // Dispatches while there is room, then starts what became one run, and reads on only when nothing is left.
  #pump(): void {
    if (this.#pumping || this.#state === 'over') return;
    this.#pumping = true;
    for (let frame = this.#inbox[this.#next]; frame !== undefined && this.#hasRoom(); frame = this.#inbox[this.#next]) {
      this.#next += 1;
      this.#inFlight += 1;
      this.#inFlightBytes += frame.payload.length;
      this.#dispatch(frame);
    }
    this.#accept.start();
    this.#pumping = false;
    this.#setPaused(this.#next < this.#inbox.length || !this.#hasRoom());
  }

  #hasRoom(): boolean {
    return this.#inFlight < MAX_IN_FLIGHT && this.#inFlightBytes < MAX_IN_FLIGHT_BYTES && !this.#resting && !this.#answers.isBlocked;
  }

  #setPaused(wanted: boolean): void {
    if (this.#next >= this.#inbox.length) this.#inbox = [];
    if (wanted === this.#paused || this.#state === 'over') return;
    this.#paused = wanted;
    if (wanted) this.#channel.pause();
    else this.#channel.resume();
  }

  #dispatch(frame: Frame): void {
    const reply = this.#routed(frame);
    if (reply !== null) this.#answer(frame.request, frame.payload.length, reply);
  }

  #routed(frame: Frame): Reply | null {
    try {
      return this.#route(frame);
    } catch (error) {
      return refusalOf(error) ?? this.#fault(frame);
    }
  }

  // The answer, or null when the station that took the frame gives it.
  #route(frame: Frame): Reply | null {
    if (this.#state === 'hello') return this.#greet(frame);
    if (frame.type === FRAME.PING) return done;
    if (frame.type === FRAME.HELLO) return refused('CONFLICT', 'The hello was said already.');
    if (frame.type === FRAME.ACK) this.#acknowledge(frame);
    else if (frame.type === FRAME.PUT_SIGNAL) this.#signal(frame);
    else if (this.shared.stopping) return refused('STOPPING', 'The relay is going down.');
    else if (frame.type === FRAME.APPEND) this.#accept.take(frame.request, frame.payload);
    else this.#desk.take(frame);
    return null;
  }

  #greet(frame: Frame): Reply {
    if (frame.type !== FRAME.HELLO) return refused('MALFORMED', 'A connection begins with a hello.');
    const reply = hello(this.shared, frame.payload);
    if (reply.type === FRAME.WELCOME) {
      this.#state = 'ready';
      this.shared.devices.claim(this.#channel.remotePeer, this);
    }
    return reply;
  }

  #acknowledge(frame: Frame): void {
    const ack = decodeAck(frame.payload);
    this.#release(frame.payload.length);
    this.pusher.acknowledge(ack);
  }

  // Never answered, whatever it is.
  #signal(frame: Frame): void {
    this.#release(frame.payload.length);
    try {
      this.live.signal(frame.payload, (number) => this.handles.get(number));
    } catch {
      this.shared.metrics.count('signals_dropped');
    }
  }

  #fault(frame: Frame): Reply {
    this.shared.metrics.count('faults');
    this.shared.log.warn('frame-failed', { type: frame.type });
    return refused('STORE', 'Something inside the relay failed.');
  }

  #answer(request: number, cost: number, reply: Reply): void {
    if (this.#state === 'over') return;
    if (reply.refusal !== undefined) this.#refused(reply.refusal);
    this.#answers.add(reply.type, request, reply.payload);
    reply.after?.();
    this.#release(cost);
  }

  // Whoever goes on whatever is answered is read from more slowly: its frames wait in its own socket.
  #refused(name: RefusalName): void {
    this.shared.metrics.refused(name);
    this.#refusals += 1;
    if (this.#refusals < REFUSALS_BEFORE_A_REST || this.#resting) return;
    this.#resting = true;
    this.#setPaused(true);
    this.shared.clock.after(REST_MS, () => {
      this.#refusals = 0;
      this.#resting = false;
      this.#pump();
    });
  }

  #push(reply: Reply): void {
    if (this.#state === 'over') return;
    if (reply.refusal !== undefined) this.shared.metrics.refused(reply.refusal);
    this.#answers.add(reply.type, 0, reply.payload);
  }

  #release(cost: number): void {
    this.#inFlight -= 1;
    this.#inFlightBytes -= cost;
    if (this.#paused) this.#pump();
    if (this.#inFlight === 0) this.#idle?.();
  }

  #onRoom(): void {
    if (this.#state === 'over') return;
    this.#heard = this.shared.clock.monotonic();
    this.#pump();
    this.live.room();
    this.pusher.wake();
  }

  #end(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#inbox = [];
    this.meter.end();
    this.#accept.end();
    this.#desk.end();
    this.pusher.end();
    this.#answers.end();
    for (const handle of this.handles.all()) handle.subscription?.end();
    this.shared.devices.release(this.#channel.remotePeer, this);
    this.#idle?.();
  }
}
