// What is only good for a moment: typing and presence, over whatever home logs are subscribed now. All of it in memory.
import type { CallOutput, PeerEvent } from '../api.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Present, RelayConnection } from '../net/relay-connection.ts';
import { isPassing } from '../wire/codes.ts';
import type { Parts } from './parts.ts';
import { Presence } from './presence.ts';
import { type Privacy, privacyOf } from './privacy.ts';
import type { B64 } from './records.ts';
import type { LiveDoor, Spot } from './spot.ts';
import { Typing } from './typing.ts';

/** Pause before the relay is told again whether it may show us, ms. */
const RETRY_MS = 1_000;

/** Typing and presence of one peer. */
export class Live implements LiveDoor {
  readonly #parts: () => Parts;
  readonly #spots = new Map<B64, Spot>();
  readonly #typing: Typing;
  readonly #presence: Presence;

  /** @param parts asked for once everything is built */
  constructor(parts: () => Parts) {
    this.#parts = parts;
    this.#typing = new Typing(parts);
    this.#presence = new Presence(parts, (conversation) => this.#spots.get(conversation) ?? null);
  }

  async shows(): Promise<boolean> {
    return (await this.#privacy()).presence;
  }

  began(conversation: B64, spot: Spot): void {
    this.#spots.set(conversation, spot);
    void this.#begin(conversation, spot).catch(() => undefined); // the line went, and begins anew
  }

  ended(conversation: B64, connection: RelayConnection, handle: number): void {
    const spot = this.#spots.get(conversation);
    if (spot?.connection !== connection || spot.handle !== handle) return;
    this.#spots.delete(conversation);
    this.#presence.lost(conversation);
    this.#typing.end(conversation);
  }

  signal(conversation: B64, value: Bytes): void {
    void this.#signal(conversation, value).catch(() => this.#parts().log.warn('a signal could not be looked at'));
  }

  present(conversation: B64, present: Present): void {
    this.#presence.take(conversation, present);
  }

  opened(conversation: B64, reader: Bytes): void {
    this.#presence.opened(conversation, reader);
  }

  heard(event: PeerEvent): void {
    this.#typing.heard(event);
  }

  async typing(conversation: B64, active: boolean): Promise<void> {
    const spot = this.#spots.get(conversation);
    if (spot !== undefined && (await this.#privacy()).typing) await this.#typing.say(conversation, spot, active);
  }

  async presence(conversation: B64): Promise<CallOutput<'presence'>> {
    return (await this.shows()) ? this.#presence.state(conversation) : { state: 'hidden', lastSeen: null };
  }

  async watch(conversation: B64, forMs: number): Promise<CallOutput<'presence'>> {
    return (await this.shows()) ? this.#presence.watch(conversation, forMs) : { state: 'hidden', lastSeen: null };
  }

  changed({ typing, presence }: Privacy): void {
    if (!typing) this.#typing.endAll();
    if (!presence) this.#presence.endAll();
    for (const [conversation, spot] of this.#spots) this.#show(conversation, spot);
  }

  async #begin(conversation: B64, spot: Spot): Promise<void> {
    // Somebody may have changed their mind while it was being subscribed.
    if ((await this.shows()) !== spot.isShown) this.#show(conversation, spot);
    await this.#presence.begin(conversation);
  }

  #show(conversation: B64, spot: Spot): void {
    // What a line that went did not hear, the next subscription says.
    if (!this.#presence.isWatched(conversation)) void this.#tellShown(conversation, spot).catch(() => undefined);
  }

  /** Tells the relay whether it may show us; a relay that cannot now is told again, or whoever hides would stay in sight. */
  async #tellShown(conversation: B64, spot: Spot): Promise<void> {
    const answer = await spot.connection.live.setPresence(spot.handle, await this.shows(), false);
    if (answer.ok || !isPassing(answer.refusal.name)) return;
    this.#parts().clock.after(Math.max(RETRY_MS, answer.refusal.retryAfter), () => {
      if (this.#spots.get(conversation) === spot) this.#show(conversation, spot);
    });
  }

  async #signal(conversation: B64, value: Bytes): Promise<void> {
    const spot = this.#spots.get(conversation);
    if (spot !== undefined && (await this.#privacy()).typing) await this.#typing.take(conversation, spot, value);
  }

  #privacy(): Promise<Privacy> {
    return privacyOf(this.#parts().store);
  }
}
