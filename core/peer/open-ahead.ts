// The unknown envelopes of a run, opened in order: a long run by the opener's thread, ahead of whoever keeps them; the rest here and now.
import { type Bytes, owned } from '../base/bytes.ts';
import { decodeContent } from '../session/content.ts';
import { sessionKey } from '../session/keys.ts';
import type { Opened } from '../session/open-envelope.ts';
import type { OpenedAway } from '../session/open-run.ts';
import type { Batch } from './batch.ts';
import { openOne } from './open.ts';
import { MIN_AWAY, type OpeningRun } from './opener.ts';
import { bytesOf } from './records.ts';

/** Times the thread is asked in one run: it stops at every change of keys, and a run full of those is not worth the crossings. */
const MOST_ASKED = 4;

/** Opens `envelopes` one by one; ratchet steps stand in the batch's change once finish() resolved, or before anything that may use them. */
export class OpenAhead {
  readonly #batch: Batch;
  readonly #envelopes: readonly Bytes[];
  #at = 0;
  #asked = 0;
  #run: OpeningRun | null = null;
  #outcomes: readonly OpenedAway[] = [];
  #taken = 0;

  constructor(batch: Batch, envelopes: readonly Bytes[]) {
    this.#batch = batch;
    this.#envelopes = envelopes;
  }

  /** What came of the next envelope. @throws STORE_FAILED and other store faults, INTERNAL when the thread failed */
  async next(): Promise<Opened> {
    const at = this.#at;
    this.#at += 1;
    if (this.#run === null) await this.#ask(at);
    const away = this.#run === null ? null : await this.#take(this.#run);
    const { parts, change, conversation } = this.#batch;
    return away === null ? openOne(parts, change, conversation, this.#envelopes[at] as Bytes) : this.#whole(away);
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

  async #take(run: OpeningRun): Promise<OpenedAway | null> {
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

  async #whole(away: OpenedAway): Promise<Opened> {
    if (away.kind !== 'content') return away;
    const content = decodeContent(away.bytes);
    // The thread stopped behind it: what it says may concern the sessions.
    if (content.what.case !== 'text') await this.finish();
    return { ...away, content };
  }

  async #ask(at: number): Promise<void> {
    if (this.#asked >= MOST_ASKED || this.#envelopes.length - at < MIN_AWAY) return;
    this.#asked += 1;
    const { parts, conversation } = this.#batch;
    const envelopes = this.#envelopes.slice(at);
    this.#run = parts.opener.begin({
      keys: conversation.generations.map(({ key }) => bytesOf(key)),
      records: await this.#records(),
      envelopes,
    });
  }

  /** The other side's manifest and the sessions with its devices: without one that is missing the thread stops where it is needed. */
  async #records(): Promise<{ key: Bytes; value: Bytes }[]> {
    const { change, manifest } = this.#batch;
    const wanted = [sessionKey('manifest', manifest.root), ...manifest.devices.map(({ id }) => sessionKey('session', manifest.root, id))];
    const values = await Promise.all(wanted.map(async (key) => ({ key, value: await change.get(key) })));
    return values.filter((one): one is { key: Bytes; value: Bytes } => one.value !== null);
  }
}
