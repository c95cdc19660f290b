// Who of a contact's devices is connected, as the relay says: asked for while somebody looks, and only of readers whose signed slot was opened.
import type { CallOutput } from '../api.ts';
import { type Bytes, hex } from '../base/bytes.ts';
import type { Present } from '../net/relay-connection.ts';
import { MAX_PRESENT } from '../wire/limits.ts';
import { loadConversation } from './conversations.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { type Spot, shown } from './spot.ts';

type State = CallOutput<'presence'>;
const UNKNOWN: State = { state: 'unknown', lastSeen: null };

/** A conversation somebody looks at. */
interface Watch {
  readonly contact: string;
  /** Until when (monotonic, ms). */
  until: number;
  cancel: () => void;
  /** The relay tells changes. */
  isOn: boolean;
  /** Changes it told while it is being asked for the whole; null else. */
  meanwhile: Present[] | null;
  /** What it said, by reader id. */
  readonly readers: Map<string, { readonly online: boolean; readonly lastSeen: number }>;
  /** What was announced last. */
  told: State;
}

/** Presence of every contact that is looked at. */
export class Presence {
  readonly #parts: () => Parts;
  readonly #spotOf: (conversation: B64) => Spot | null;
  /** Readers whose slot a device of the contact signed. */
  readonly #theirs = new Map<B64, Set<string>>();
  readonly #watches = new Map<B64, Watch>();

  constructor(parts: () => Parts, spotOf: (conversation: B64) => Spot | null) {
    this.#parts = parts;
    this.#spotOf = spotOf;
  }

  /** A slot beside this reader was opened, and a device of the contact has signed it. */
  opened(conversation: B64, reader: Bytes): void {
    const theirs = this.#theirs.get(conversation) ?? new Set<string>();
    this.#theirs.set(conversation, theirs);
    theirs.add(hex(reader));
    const [oldest] = theirs;
    if (theirs.size > MAX_PRESENT && oldest !== undefined) theirs.delete(oldest);
    this.#tell(conversation);
  }

  isWatched(conversation: B64): boolean {
    return this.#watches.has(conversation);
  }

  /** What is known now; nothing unless it is watched. */
  state(conversation: B64): State {
    const watch = this.#watches.get(conversation);
    if (watch === undefined) return UNKNOWN;
    let lastSeen = 0;
    for (const reader of this.#theirs.get(conversation) ?? []) {
      const said = watch.readers.get(reader);
      if (said?.online === true) return { state: 'online', lastSeen: null };
      lastSeen = Math.max(lastSeen, said?.lastSeen ?? 0);
    }
    return lastSeen === 0 ? UNKNOWN : { state: 'away', lastSeen: Math.min(lastSeen, this.#parts().clock.now()) };
  }

  /** Somebody looks for so long from now on, ms; asked for at once where there is a line, else once there is. @throws OFFLINE, TIMEOUT */
  async watch(conversation: B64, forMs: number): Promise<State> {
    const { clock, store } = this.#parts();
    const contact = shown((await loadConversation(store, conversation)).contact);
    const watch = this.#watches.get(conversation) ?? newWatch(contact);
    this.#watches.set(conversation, watch);
    watch.cancel();
    try {
      if (!watch.isOn) await this.begin(conversation);
      return this.state(conversation);
    } finally {
      // From the answer on: whoever looks only for a moment sees it as well.
      watch.until = Math.max(watch.until, clock.monotonic() + forMs);
      watch.cancel();
      watch.cancel = clock.after(
        watch.until - clock.monotonic(),
        () => this.#watches.get(conversation) === watch && this.end(conversation),
      );
    }
  }

  /** The log is subscribed: if it is looked at, the relay is asked. @throws OFFLINE, TIMEOUT */
  async begin(conversation: B64): Promise<void> {
    const watch = this.#watches.get(conversation);
    const spot = this.#spotOf(conversation);
    if (watch === undefined || spot === null) return;
    watch.isOn = true;
    const meanwhile: Present[] = [];
    watch.meanwhile = meanwhile;
    const answer = await spot.connection.live.setPresence(spot.handle, true, true).finally(() => {
      if (watch.meanwhile === meanwhile) watch.meanwhile = null;
    });
    if (!answer.ok) {
      watch.isOn = false;
      return;
    }
    // A change that came right behind the answer was taken before it.
    for (const present of [answer.value, ...meanwhile]) this.take(conversation, present);
  }

  /** The line went: nothing is known until there is one again. */
  lost(conversation: B64): void {
    const watch = this.#watches.get(conversation);
    if (watch === undefined) return;
    watch.isOn = false;
    watch.readers.clear();
    this.#tell(conversation);
  }

  /** Nobody looks any more. */
  end(conversation: B64): void {
    const watch = this.#watches.get(conversation);
    if (watch === undefined) return;
    watch.cancel();
    this.lost(conversation);
    this.#watches.delete(conversation);
    const spot = this.#spotOf(conversation);
    void spot?.connection.live.setPresence(spot.handle, true, false).catch(() => undefined); // it goes with the line else
  }

  /** This device hides: it sees nobody. */
  endAll(): void {
    for (const conversation of [...this.#watches.keys()]) this.end(conversation);
  }

  /** The relay says who is here. */
  take(conversation: B64, { whole, readers }: Present): void {
    const watch = this.#watches.get(conversation);
    if (watch === undefined) return;
    watch.meanwhile?.push({ whole, readers });
    if (whole) watch.readers.clear();
    for (const { reader, online, lastSeen } of readers) {
      const name = hex(reader);
      if (watch.readers.has(name) || watch.readers.size < MAX_PRESENT) watch.readers.set(name, { online, lastSeen });
    }
    this.#tell(conversation);
  }

  #tell(conversation: B64): void {
    const watch = this.#watches.get(conversation);
    const presence = this.state(conversation);
    if (watch === undefined || (watch.told.state === presence.state && watch.told.lastSeen === presence.lastSeen)) return;
    watch.told = presence;
    this.#parts().announce({ event: 'presence', conversation: shown(conversation), contact: watch.contact, presence });
  }
}

function newWatch(contact: string): Watch {
  return { contact, until: 0, cancel: () => undefined, isOn: false, meanwhile: null, readers: new Map(), told: UNKNOWN };
}
