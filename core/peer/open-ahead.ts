// The unknown envelopes of a run, opened in order: a long run by the opener's thread, ahead of whoever keeps them; the rest here and now.
import { type Bytes, owned } from '../base/bytes.ts';
import { decryptRead, readContent } from '../session/decrypt.ts';
import { sessionKey } from '../session/keys.ts';
import { type NotUnwrapped, type Opened, unwrap } from '../session/open-envelope.ts';
import type { RatchetPart } from '../session/open-part.ts';
import type { BytesOutcome } from '../session/outcome.ts';
import { type NoPart, readWrapped } from '../session/read-wrapped.ts';
import type { Batch } from './batch.ts';
import { keysOf, openOne } from './open.ts';
import { MIN_AWAY, type OpeningRun } from './opener.ts';

/** Times the thread is asked in one run: it stops at every change of keys, and a run full of those is not worth the crossings. */
const MOST_ASKED = 4;

/** What stands in an envelope: something for the ratchet, nothing for it, or nothing at all. */
export type Inside = RatchetPart | NoPart | NotUnwrapped;

/** Envelopes without their wrap. Few of them are left as they are until it is their turn. */
export interface Unwrapped {
  readonly envelopes: readonly Bytes[];
  readonly insides: readonly Inside[];
  /** The thread at work on the insides, begun before their turn came. */
  readonly run: OpeningRun | null;
}

/** Unwraps a run with the keys that are known now. */
export function unwrapRun(batch: Batch, envelopes: readonly Bytes[]): Unwrapped {
  if (envelopes.length < MIN_AWAY) return { envelopes, insides: [], run: null };
  const keyOf = keysOf(batch.conversation);
  const { me } = batch.parts.self();
  const inside = (envelope: Bytes): Inside => {
    const wrapped = unwrap(keyOf, envelope);
    return wrapped instanceof Uint8Array ? readWrapped(me, wrapped) : wrapped;
  };
  return { envelopes, insides: envelopes.map(inside), run: null };
}

/** Gives the insides to the thread as what follows the run it is at work on. */
export function openBehind({ parts }: Batch, run: Unwrapped): Unwrapped {
  return { ...run, run: parts.opener.begin({ records: null, parts: run.insides.filter(isPart) }) };
}

/** Opens the envelopes one by one; ratchet steps stand in the batch's change once finish() resolved, or before anything that may use them. */
export class OpenAhead {
  readonly #batch: Batch;
  readonly #unwrapped: Unwrapped;
  #at = 0;
  #asked = 0;
  #run: OpeningRun | null;
  #outcomes: readonly BytesOutcome[] = [];
  #taken = 0;

  constructor(batch: Batch, unwrapped: Unwrapped) {
    this.#batch = batch;
    this.#unwrapped = unwrapped;
    this.#run = unwrapped.run;
  }

  /** True while the thread is at work for this run. */
  get isAway(): boolean {
    return this.#run !== null;
  }

  /** What came of the next envelope. @throws STORE_FAILED and other store faults, INTERNAL when the thread failed */
  async next(): Promise<Opened> {
    const at = this.#at;
    this.#at += 1;
    const { parts, change, conversation } = this.#batch;
    const inside = this.#unwrapped.insides[at];
    // What had no key then may have one now.
    if (inside === undefined || inside.kind === 'no-key' || inside.kind === 'no-wrap')
      return openOne(parts, change, conversation, this.#unwrapped.envelopes[at] as Bytes);
    if (inside.kind !== 'part') return inside;
    if (this.#run === null) await this.#ask(at);
    const away = this.#run === null ? null : await this.#take(this.#run);
    return away === null ? decryptRead(change, parts.self().me, inside) : this.#whole(away);
  }

  /** Puts what the thread's ratchets stepped into the change. */
  async finish(): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    while ((await run.next()) !== null);
    this.#run = null;
    for (const { key, value } of run.writes) {
      if (value === null) this.#batch.change.delete(key);
      else this.#batch.change.put(key, owned(value));
    }
  }

  async #take(run: OpeningRun): Promise<BytesOutcome | null> {
    if (this.#taken === this.#outcomes.length) {
      this.#outcomes = (await run.next()) ?? [];
      this.#taken = 0;
    }
    const outcome = this.#outcomes[this.#taken];
    this.#taken += 1;
    if (outcome !== undefined) return outcome;
    this.#taken = 0;
    await this.finish();
    return null;
  }

  async #whole(away: BytesOutcome): Promise<Opened> {
    const outcome = readContent(away);
    // The thread stopped behind it: what it says may concern the sessions.
    if (outcome.kind === 'content' && outcome.content.what.case !== 'text') await this.finish();
    return outcome;
  }

  async #ask(at: number): Promise<void> {
    if (this.#asked >= MOST_ASKED || this.#unwrapped.insides.length - at < MIN_AWAY) return;
    const { opener } = this.#batch.parts;
    // It starts in the time of a thousand messages: what is left of this run is its when it is up.
    if (!opener.isUp) return opener.warm();
    this.#asked += 1;
    const left = this.#unwrapped.insides.slice(at).filter(isPart);
    if (left.length < MIN_AWAY) return;
    this.#run = opener.begin({ records: await this.#records(), parts: left });
  }

  /** The other side's manifest and the sessions with its devices: without one that is missing the thread stops where it is needed. */
  async #records(): Promise<{ key: Bytes; value: Bytes }[]> {
    const { change, manifest } = this.#batch;
    const wanted = [sessionKey('manifest', manifest.root), ...manifest.devices.map(({ id }) => sessionKey('session', manifest.root, id))];
    const values = await Promise.all(wanted.map(async (key) => ({ key, value: await change.get(key) })));
    return values.filter((one): one is { key: Bytes; value: Bytes } => one.value !== null);
  }
}

function isPart(inside: Inside): inside is RatchetPart {
  return inside.kind === 'part';
}
