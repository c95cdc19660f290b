// The hot path: append frames of one connection into runs for the store, its stamps into answers. No promise per envelope, no protobuf.
// It must never stamp ahead of a refusal: after one, a handle goes on only with an envelope that was refused, sent again.
import { type Bytes, hex } from '../core/base/bytes.ts';
import type { Log } from '../core/base/log.ts';
import { REFUSAL, type RefusalName } from '../core/wire/codes.ts';
import { envelopeId } from '../core/wire/envelope.ts';
import { FRAME } from '../core/wire/frame.ts';
import { decodeAppend, encodeStamped, type WireStamp } from '../core/wire/hot.ts';
import { MAX_IN_FLIGHT } from '../core/wire/limits.ts';
import type { Meter } from './admission/meter.ts';
import type { Handle, Handles } from './handles.ts';
import type { Lane, Waiting } from './lane.ts';
import type { Metrics } from './operator/metrics.ts';
import { type Reply, refused, retryAfter } from './reply.ts';
import type { RelayStore, Submission } from './store/store.ts';

/** Bytes of frames joined into one store call: enough to keep the disk busy, little enough to share it between connections. */
const JOIN_BYTES = 524_288;
/** Refused ids that are remembered per handle: as many as a connection may have frames on their way. */
const REFUSED_IDS = MAX_IN_FLIGHT;

/** What accepting needs. */
export interface AcceptNeeds {
  readonly store: Pick<RelayStore, 'append'>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly handles: Pick<Handles, 'get'>;
  /** Says whether the connection may append so much now. */
  readonly meter: Pick<Meter, 'append'>;
  /** Something new is on the disk. */
  readonly landed?: (log: Bytes) => void;
  /** Answers a request and takes `cost` bytes off what the connection has in flight. */
  readonly answer: (request: number, cost: number, reply: Reply) => void;
}

interface Outcome {
  readonly stamps: readonly WireStamp[];
  /** Why the envelope after the last stamp has none; null when all have one. */
  readonly refusal: RefusalName | null;
}

/** Takes the appends of one connection. */
export class Accept {
  readonly #needs: AcceptNeeds;
  readonly #touched = new Set<Handle>();
  #over = false;

  constructor(needs: AcceptNeeds) {
    this.#needs = needs;
  }

  /** Queues one append frame, or refuses it at once. @throws MALFORMED */
  take(request: number, payload: Bytes): void {
    const { handle: number, envelopes } = decodeAppend(payload);
    const handle = this.#needs.handles.get(number);
    const cost = payload.length;
    const hold = handle === null ? null : this.#needs.meter.append(handle.log, cost, envelopes.length);
    const frame = { request, envelopes, cost, hold };
    if (handle === null) {
      this.#needs.answer(request, cost, refused('NOT_FOUND', 'No such handle is open.'));
      return;
    }
    if (!handle.rights.has('append')) this.#refuse(number, frame, 'CAPABILITY');
    else if (goesOn(handle.lane, frame)) this.#queue(handle, frame);
    else this.#behind(handle, frame);
  }

  /** Starts what was taken since the last call: the frames of one read become one run. */
  start(): void {
    if (this.#touched.size === 0) return;
    for (const handle of this.#touched) void this.#work(handle);
    this.#touched.clear();
  }

  /** Forgets what the store has not been given yet; the other side is gone. */
  end(): void {
    this.#over = true;
    this.#touched.clear();
  }

  #queue(handle: Handle, frame: Waiting): void {
    handle.lane.queue.push(frame);
    if (!handle.lane.busy) this.#touched.add(handle);
  }

  async #work(handle: Handle): Promise<void> {
    const { lane } = handle;
    lane.busy = true;
    while (lane.queue.length > 0 && !this.#over) {
      if (this.#held(handle)) continue;
      const frames = joined(lane.queue);
      const run = submissions(handle, frames);
      const outcome = await this.#append(run);
      if (!this.#over) this.#answer(handle, frames, run, outcome);
    }
    lane.busy = false;
  }

  // In its turn, so that whoever hears it has heard every refusal in front of it.
  #held(handle: Handle): boolean {
    const frame = handle.lane.queue[0];
    if (frame === undefined || frame.hold === null) return false;
    handle.lane.queue.shift();
    this.#stamped(handle.number, frame, [], frame.hold.name, frame.hold.wait);
    this.#block(handle, envelopeId(frame.envelopes[0] as Bytes));
    return true;
  }

  async #append(run: readonly Submission[]): Promise<Outcome> {
    try {
      const { stamps, refusal } = await this.#needs.store.append(run);
      this.#count(run, stamps.length);
      if (stamps.some(({ known }) => !known)) this.#needs.landed?.((run[0] as Submission).log);
      const given = stamps.map((stamp, at) => ({ ...stamp, id: (run[at] as Submission).id }));
      return { stamps: given, refusal: given.length < run.length ? (refusal ?? 'STORE') : null };
    } catch {
      this.#needs.log.warn('append-failed', { envelopes: run.length });
      return { stamps: [], refusal: 'STORE' };
    }
  }

  #count(run: readonly Submission[], stamped: number): void {
    let bytes = 0;
    for (let at = 0; at < stamped; at += 1) bytes += run[at]?.envelope.length ?? 0;
    this.#needs.metrics.count('appends', stamped);
    this.#needs.metrics.count('append_bytes', bytes);
  }

  #answer(handle: Handle, frames: readonly Waiting[], run: readonly Submission[], outcome: Outcome): void {
    let at = 0;
    let refusal = outcome.refusal;
    const behind: Waiting[] = [];
    for (const frame of frames) {
      const stamps = outcome.stamps.slice(at, at + frame.envelopes.length);
      at += frame.envelopes.length;
      if (stamps.length === frame.envelopes.length) this.#stamped(handle.number, frame, stamps, null);
      else if (refusal === null) behind.push(frame);
      else {
        this.#stamped(handle.number, frame, stamps, refusal);
        refusal = null;
      }
    }
    handle.lane.queue.unshift(...behind);
    if (outcome.refusal !== null) this.#block(handle, (run[outcome.stamps.length] as Submission).id);
  }

  #block(handle: Handle, id: Bytes): void {
    remember(handle.lane, id);
    for (const frame of handle.lane.queue.splice(0)) this.#behind(handle, frame);
  }

  // Sent before the peer knew that something in front of it was refused.
  #behind(handle: Handle, frame: Waiting): void {
    remember(handle.lane, envelopeId(frame.envelopes[0] as Bytes));
    this.#refuse(handle.number, frame, 'CONFLICT');
  }

  #refuse(handle: number, frame: Waiting, name: RefusalName): void {
    this.#stamped(handle, frame, [], name);
  }

  #stamped(handle: number, frame: Waiting, stamps: readonly WireStamp[], name: RefusalName | null, wait?: number): void {
    const refusal = name === null ? 0 : REFUSAL[name];
    const payload = encodeStamped({ handle, retryAfter: name === null ? 0 : (wait ?? retryAfter(name)), refusal, stamps });
    const reply = { type: FRAME.STAMPED, payload };
    this.#needs.answer(frame.request, frame.cost, name === null ? reply : { ...reply, refusal: name });
  }
}

// The stream keeps order: whatever was sent before the refusal was seen has arrived before the repeat of a refused envelope.
function goesOn(lane: Lane, frame: Waiting): boolean {
  if (lane.refused.size === 0) return true;
  if (!lane.refused.has(hex(envelopeId(frame.envelopes[0] as Bytes)))) return false;
  lane.refused.clear();
  return true;
}

function remember(lane: Lane, id: Bytes): void {
  if (lane.refused.size < REFUSED_IDS) lane.refused.add(hex(id));
}

function joined(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const frame of queue) {
    bytes += frame.cost;
    if (count > 0 && (bytes > JOIN_BYTES || frame.hold !== null)) break;
    count += 1;
  }
  return queue.splice(0, count);
}

function submissions(handle: Handle, frames: readonly Waiting[]): Submission[] {
  const manage = handle.rights.has('manage');
  const run: Submission[] = [];
  for (const frame of frames) {
    for (const envelope of frame.envelopes) run.push({ log: handle.log, id: envelopeId(envelope), envelope, manage, link: handle.link });
  }
  return run;
}
