// One conversation as an engine has it, in memory: the three parts of the order, pages by cursor as core/peer/history.ts gives them, and
// events. Its answers come when a test lets them, so that events can fall in between.
import type { Message } from '../../core/api.ts';
import { comparePlaces, parsePlaceCursor, placeCursor, provisionalPlace, queuedPlace, settledPlace } from '../../core/peer/places.ts';
import type { Place } from '../../core/peer/records.ts';
import type { PageCalls } from '../../desktop/ui/conversation/window-view.ts';

interface Row {
  place: Place;
  readonly id: string;
  readonly out: boolean;
  state: Message['state'];
  lamport: number;
  /** Its number, given by the relay and not read back yet. */
  early: number | null;
}

/** Whether an event tells what happened; before a window is open nobody listens. */
interface Telling {
  readonly told?: boolean;
}

const OLD = { told: true } as const;

/** See the head of this file. */
export class ChatEngine implements PageCalls {
  conversation = 'a'.repeat(32);
  onEvent: (message: Message, isNew: boolean) => void = () => undefined;
  /** What every call fails with. */
  failure: Error | null = null;
  readonly #rows: Row[] = [];
  readonly #waiting: (() => void)[] = [];
  #seq = 0;
  #n = 0;
  #readTo = 0;

  /** Somebody's message out of the log. */
  receive({ told = true }: Telling = OLD): Message {
    this.readBack();
    this.#seq += 2;
    return this.#add(settledPlace(1, this.#seq), false, told);
  }

  /** A message of ours, queued. */
  send({ told = true }: Telling = OLD): Message {
    return this.#add(queuedPlace(this.#n + 1), true, told);
  }

  /** Somebody's message that came directly. @param lamport may be lower than that of others: it decides among those that wait */
  direct(lamport: number, { told = true }: Telling = OLD): Message | null {
    const place = provisionalPlace(lamport, 1);
    return this.#rows.some((row) => comparePlaces(row.place, place) === 0) ? null : this.#add(place, false, told);
  }

  /** Everything settled is read. */
  readAll(): void {
    this.#readTo = this.#seq;
  }

  /** One of the things that happen to a conversation. */
  happen(name: string, n: number): void {
    if (name === 'receive') this.receive();
    else if (name === 'send') this.send();
    else if (name === 'direct') this.direct(n % 500);
    else if (name === 'late') this.#late(n);
    else if (name === 'again')
      this.#tell(
        this.#pick(n, () => true),
        false,
      );
    else if (name === 'state') this.#read(n);
    else if (name === 'taken') this.#taken(n);
    else if (name === 'early') this.#stampEarly(n);
    else this.#stamp(n);
  }

  /** An entry whose key came late takes its number among older ones. */
  #late(n: number): void {
    const seq = 2 * (n % Math.max(this.#seq / 2, 1)) + 1;
    const place = settledPlace(1, seq);
    if (seq < this.#seq && !this.#rows.some((row) => comparePlaces(row.place, place) === 0)) this.#add(place, false, true);
  }

  #read(n: number): void {
    const row = this.#pick(n, ({ out }) => out);
    if (row === undefined) return;
    row.state = 'read';
    this.#tell(row, false);
  }

  /** The other side took a queued one directly. */
  #taken(n: number): void {
    const row = this.#pick(n, ({ place, early }) => place.zone === 2 && early === null);
    if (row === undefined) return;
    const place = provisionalPlace(row.lamport, 2);
    if (this.#rows.some((other) => comparePlaces(other.place, place) === 0)) return;
    row.place = place;
    row.state = 'delivered';
    this.#tell(row, false);
  }

  /** A queued one gets its number, and stays where it is until it is read back. */
  #stampEarly(n: number): void {
    const row = this.#pick(n, ({ place, early }) => place.zone === 2 && early === null);
    if (row === undefined) return;
    this.#seq += 2;
    row.early = this.#seq;
    row.state = 'stored';
    this.#tell(row, false);
  }

  /** What has its number is read back, in the order of the log. */
  readBack(): void {
    const early = this.#rows.filter((row) => row.early !== null).sort((a, b) => (a.early ?? 0) - (b.early ?? 0));
    for (const row of early) {
      row.place = settledPlace(1, row.early ?? 0);
      row.early = null;
      this.#tell(row, false);
    }
  }

  /** One that waits gets its number. */
  #stamp(n: number): void {
    this.readBack();
    const row = this.#pick(n, ({ place }) => place.zone !== 0);
    if (row === undefined) return;
    this.#seq += 2;
    row.place = settledPlace(1, this.#seq);
    row.state = 'stored';
    this.#tell(row, false);
  }

  #pick(n: number, fits: (row: Row) => boolean): Row | undefined {
    const fitting = this.#rows.filter(fits);
    return fitting[n % Math.max(fitting.length, 1)];
  }

  #add(place: Place, out: boolean, told: boolean): Message {
    this.#n += 1;
    const lamport = (this.#n * 131) % 500;
    const row: Row = { place, id: this.#n.toString(16).padStart(32, '0'), out, state: out ? 'queued' : 'delivered', lamport, early: null };
    this.#rows.push(row);
    if (told) this.#tell(row, true);
    return this.#message(row);
  }

  #tell(row: Row | undefined, isNew: boolean): void {
    if (row !== undefined) this.onEvent(this.#message(row), isNew);
  }

  #message({ place, id, out, state, early }: Row): Message {
    const settled = place.zone === 0;
    return {
      id,
      conversation: this.conversation,
      direction: out ? 'out' : 'in',
      from: 'b'.repeat(64),
      text: id,
      sentAt: 1,
      storedAt: settled || early !== null ? 1 : null,
      epoch: settled ? place.a : early !== null ? 1 : place.zone === 1 ? 0 : null,
      seq: settled ? place.b : early,
      state: !out && settled && place.b <= this.#readTo ? 'read' : state,
      reason: null,
      provisional: place.zone === 1,
    };
  }

  #sorted(): Row[] {
    return this.#rows.toSorted((a, b) => comparePlaces(a.place, b.place));
  }

  /** Every message in the one order. */
  order(): Message[] {
    return this.#sorted().map((row) => this.#message(row));
  }

  history({ limit, before }: { readonly limit: number; readonly before: string | null }) {
    return this.#later(() => {
      const end = before === null ? null : parsePlaceCursor(before);
      const rows = this.#sorted().filter(({ place }) => end === null || comparePlaces(place, end) < 0);
      const page = rows.slice(-limit);
      const first = page[0];
      const more = rows.length > limit && first !== undefined;
      return { messages: page.map((row) => this.#message(row)), before: more ? placeCursor(first.place) : null };
    });
  }

  historyAfter({ limit, after }: { readonly limit: number; readonly after: string | null }) {
    return this.#later(() => {
      const from = after === null ? settledPlace(0, 0) : parsePlaceCursor(after);
      const rows = this.#sorted().filter(({ place }) => comparePlaces(place, from) >= 0);
      const next = rows[limit];
      return {
        messages: rows.slice(0, limit).map((row) => this.#message(row)),
        after: next === undefined ? null : placeCursor(next.place),
      };
    });
  }

  firstUnread() {
    return this.#later(() => {
      const row = this.#sorted().find(({ place, out }) => !out && place.zone === 0 && place.b > this.#readTo);
      return { cursor: row === undefined ? null : placeCursor(row.place) };
    });
  }

  /** Read now, heard of later: events may come in between. */
  #later<T>(read: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { failure } = this;
    const answer = failure === null ? read() : null;
    this.#waiting.push(() => (answer === null ? reject(failure) : resolve(answer)));
    return promise;
  }

  /** Lets one answer come; the oldest, as a carrier keeps them in order. */
  async answerOne(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise(setImmediate);
  }

  /** Lets all answers come, and those that they lead to. */
  async answerAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.answerOne();
  }
}
