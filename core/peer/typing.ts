// Who types: ours told at most every few seconds, theirs shown for a moment. Nothing here reaches the disk, and nothing hangs on it.
import type { PeerEvent } from '../api.ts';
import { heldManifest } from '../session/held.ts';
import { openSignal, SIGNAL_KIND, sealSignal, signalGeneration } from '../session/signal.ts';
import { Change } from '../store/change.ts';
import { SIGNAL_LIFETIME_MS, TYPING_INTERVAL_MS, TYPING_MS } from '../wire/limits.ts';
import { currentGeneration, generationById, loadConversation } from './conversations.ts';
import type { Parts } from './parts.ts';
import { type B64, bytesOf } from './records.ts';
import { type Spot, shown } from './spot.ts';

/** Signals that are opened at a time: each costs a signature; a relay that floods gets no further. */
const MOST_OPENING = 8;

/** What was told of us in one conversation. */
interface Told {
  /** When typing was told last (monotonic, ms). */
  at: number;
  /** It was told, and neither its end nor a message since. */
  isOn: boolean;
}

/** Typing in every conversation. */
export class Typing {
  readonly #parts: () => Parts;
  readonly #told = new Map<B64, Told>();
  /** Time of our last signal, by the relay's clock: the next one is above it. */
  #lastSent = 0;
  /** Whose typing is shown, and what ends it by itself. */
  readonly #shown = new Map<B64, { readonly contact: string; readonly cancel: () => void }>();
  /** Highest time taken, by conversation and device. */
  readonly #taken = new Map<string, number>();
  #opening = 0;

  constructor(parts: () => Parts) {
    this.#parts = parts;
  }

  /** Somebody types here, or stopped: told unless that was just said. @throws STORE_FAILED */
  async say(conversation: B64, spot: Spot, active: boolean): Promise<void> {
    const { store, relayTimes, self } = this.#parts();
    if (!this.#isDue(conversation, active) || self().cloned) return;
    const key = bytesOf(currentGeneration(await loadConversation(store, conversation)).key);
    const time = Math.max(this.#lastSent + 1, Math.floor(relayTimes.now(spot.peerId) ?? 0));
    this.#lastSent = time;
    const kind = active ? SIGNAL_KIND.TYPING : SIGNAL_KIND.NOT_TYPING;
    spot.connection.live.signal(spot.handle, sealSignal(key, self().me, time, kind));
  }

  /** Takes a signal; hostile bytes change nothing. @throws STORE_FAILED, STORE_DAMAGED */
  async take(conversation: B64, spot: Spot, value: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#opening >= MOST_OPENING) return;
    this.#opening += 1;
    try {
      await this.#open(conversation, spot, value);
    } finally {
      this.#opening -= 1;
    }
  }

  /** A message ends it on either side. */
  heard(event: PeerEvent): void {
    if (event.event !== 'message') return;
    const { conversation, direction } = event.message;
    const sets = direction === 'in' ? this.#shown.keys() : this.#told.keys();
    for (const id of sets) {
      if (shown(id) !== conversation) continue;
      if (direction === 'in') this.#end(id);
      else (this.#told.get(id) as Told).isOn = false;
    }
  }

  /** Nothing of theirs is shown any more in this conversation. */
  end(conversation: B64): void {
    this.#end(conversation);
    this.#told.delete(conversation);
  }

  endAll(): void {
    for (const conversation of [...this.#shown.keys()]) this.#end(conversation);
  }

  #isDue(conversation: B64, active: boolean): boolean {
    const now = this.#parts().clock.monotonic();
    const told = this.#told.get(conversation) ?? { at: Number.NEGATIVE_INFINITY, isOn: false };
    this.#told.set(conversation, told);
    if (active ? now - told.at < TYPING_INTERVAL_MS : !told.isOn) return false;
    told.isOn = active;
    if (active) told.at = now;
    return true;
  }

  async #open(conversation: B64, spot: Spot, value: Uint8Array<ArrayBuffer>): Promise<void> {
    const { store, relayTimes } = this.#parts();
    const id = signalGeneration(value);
    if (id === null) return;
    const record = await loadConversation(store, conversation);
    const generation = generationById(record, id);
    const manifest = await heldManifest(new Change(store), bytesOf(record.contact));
    if (generation === null || manifest === null) return;
    const signal = openSignal(bytesOf(generation.key), value, [manifest]);
    const now = relayTimes.now(spot.peerId);
    if (signal === null || now === null || Math.abs(now - signal.time) > SIGNAL_LIFETIME_MS) return;
    const writer = `${conversation} ${signal.device}`;
    if (signal.time <= (this.#taken.get(writer) ?? 0)) return;
    this.#taken.set(writer, signal.time);
    if (signal.kind === SIGNAL_KIND.TYPING) this.#begin(conversation, record.contact);
    else if (signal.kind === SIGNAL_KIND.NOT_TYPING) this.#end(conversation);
  }

  #begin(conversation: B64, root: B64): void {
    const { clock, announce } = this.#parts();
    this.#shown.get(conversation)?.cancel();
    const contact = shown(root);
    this.#shown.set(conversation, { contact, cancel: clock.after(TYPING_MS, () => this.#end(conversation)) });
    announce({ event: 'typing', conversation: shown(conversation), contact, until: clock.now() + TYPING_MS });
  }

  #end(conversation: B64): void {
    const was = this.#shown.get(conversation);
    if (was === undefined) return;
    was.cancel();
    this.#shown.delete(conversation);
    this.#parts().announce({ event: 'typing', conversation: shown(conversation), contact: was.contact, until: 0 });
  }
}
