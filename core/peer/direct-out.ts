// Station "submit" for a direct connection: letters first, then entries in their order, then our receipts; the next only after the one before was taken.
import { SottoError } from '../base/errors.ts';
import type { DirectRefusal } from '../net/direct-calls.ts';
import type { DirectPeer } from '../net/direct-channel.ts';
import { isPassing } from '../wire/codes.ts';
import { envelopeId } from '../wire/envelope.ts';
import { contactByRoot } from './contacts.ts';
import { markTaken } from './direct-taken.ts';
import { takeBackHome } from './open-epoch.ts';
import { nextRun, type Waiting } from './outbox.ts';
import type { Parts } from './parts.ts';
import { endLetter } from './post.ts';
import { ownSlot } from './receipts.ts';
import { type B64, bytesOf, fieldOf, keys, type OutboxRecord, readRecord } from './records.ts';
import { failWaiting } from './submit.ts';

/** Pause after what may succeed later: doubling between these, ms. */
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 60_000;
/** Pause between two slots, ms: a receipt is a small thing, and each costs the other side a commit. */
const SLOT_REST_MS = 100;
/** Letters looked at in one pass. */
const LETTERS = 64;

/** What the outgoing half tells. */
export interface DirectOutEvents {
  /** The peer took entries of this conversation. */
  taken(conversation: B64): void;
  progress(): void;
}

/** Gives one contact's device what waits for it, over one connection. */
export class DirectOut {
  readonly #parts: Parts;
  readonly #root: B64;
  readonly #peer: DirectPeer;
  readonly #events: DirectOutEvents;
  /** Highest outbox number given on this connection. */
  #upTo = 0;
  #slotDue = true;
  #slotRests = false;
  #due = false;
  #running = false;
  #stopped = false;
  #wait = RETRY_FIRST_MS;

  constructor(parts: Parts, root: B64, peer: DirectPeer, events: DirectOutEvents) {
    this.#parts = parts;
    this.#root = root;
    this.#peer = peer;
    this.#events = events;
  }

  /** True when everything that could be given was given. */
  get quiet(): boolean {
    return !this.#running && !this.#due && !this.#slotDue;
  }

  /** Something may wait. */
  kick(): void {
    this.#due = true;
    if (!this.#running) void this.#run();
  }

  /** Our receipts changed. */
  touch(): void {
    this.#slotDue = true;
    this.kick();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#due && !this.#stopped) {
        this.#due = false;
        await this.#work();
      }
    } catch (error) {
      // Gone, or broke its word: the next connection begins again from the outbox. A fault of our own disk is tried again.
      if (error instanceof SottoError && error.code.startsWith('STORE')) this.#later();
      else this.#stopped = true;
    } finally {
      this.#running = false;
      this.#events.progress();
    }
  }

  async #work(): Promise<void> {
    const contact = await contactByRoot(this.#parts.store, this.#root);
    if (contact === null || contact.blocked || (contact.state !== 'accepted' && contact.state !== 'requested')) return;
    if (!(await this.#giveLetters()) || contact.state !== 'accepted' || contact.conversation === null) return;
    while (!this.#stopped) {
      const run = await nextRun(this.#parts.store, this.#parts.outbox, contact.conversation, this.#upTo);
      if (run.length === 0) break;
      if (!(await this.#offer(contact.conversation, run))) return this.#later();
    }
    if (this.#slotDue && !this.#slotRests) await this.#giveSlot(contact.conversation);
  }

  /** False while a letter still waits: what follows would not be understood before it. */
  async #giveLetters(): Promise<boolean> {
    for (const n of this.#parts.outbox.next(`inbox ${this.#root}`, 0, LETTERS)) {
      const record = await readRecord<OutboxRecord>(this.#parts.store, keys.outbox(n));
      if (record?.inbox == null) continue;
      const answer = await this.#peer.putInbox(bytesOf(record.inbox.capability), bytesOf(record.envelope));
      if (!answer.ok && (isPassing(answer.refusal.name) || record.inbox.relays.length > 0)) {
        this.#later();
        return false;
      }
      await endLetter(this.#parts, n, answer.ok ? null : sentence(answer.refusal));
    }
    return true;
  }

  /** True when the whole run is done with. */
  async #offer(conversation: B64, run: readonly Waiting[]): Promise<boolean> {
    const envelopes = run.map(({ record }) => bytesOf(record.envelope));
    const answer = await this.#peer.offer(bytesOf(conversation), envelopes);
    const [first] = run;
    if (!answer.ok) {
      if (answer.refusal.name !== 'UNOPENED' || first === undefined) return false;
      await failWaiting(this.#parts, first, 'The other side could not open it; send it again.');
      await takeBackHome(this.#parts, conversation, first.n);
      return true;
    }
    const ids = new Set(answer.value.map(fieldOf));
    const missing = envelopes.findIndex((envelope) => !ids.has(fieldOf(envelopeId(envelope))));
    const taken = run.slice(0, missing < 0 ? undefined : missing);
    await markTaken(this.#parts, conversation, taken);
    if (taken.length > 0) this.#wait = RETRY_FIRST_MS;
    this.#upTo = taken.at(-1)?.n ?? this.#upTo;
    this.#events.taken(conversation);
    return missing < 0 || taken.length > 0;
  }

  async #giveSlot(conversation: B64): Promise<void> {
    this.#slotDue = false;
    this.#slotRests = true;
    this.#parts.clock.after(SLOT_REST_MS, () => {
      this.#slotRests = false;
      if (this.#slotDue) this.kick();
    });
    const { value } = await ownSlot(this.#parts, conversation);
    const answer = await this.#peer.putSlot(bytesOf(conversation), value);
    if (!answer.ok && isPassing(answer.refusal.name)) {
      this.#slotDue = true;
      this.#later();
    }
  }

  #later(): void {
    this.#parts.clock.after(this.#wait, () => {
      if (!this.#stopped) this.kick();
    });
    this.#wait = Math.min(2 * this.#wait, RETRY_MOST_MS);
  }
}

/** What a person reads when a peer refused for good. */
function sentence({ name, detail }: DirectRefusal): string {
  return `The other side refused it (${name}${detail === '' ? '' : `: ${detail}`}).`;
}
