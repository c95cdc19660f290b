// One person of the demo: a home folder and the `sotto` commands that are run on it. Knows only what those commands print.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Message, PeerEvent } from '../core/api.ts';
import { type Processes, type Program, SOTTO } from './processes.ts';
import type { Name } from './text.ts';
import type { StoredMessage } from './verdict.ts';

/** Most messages that the demo reads back: more than it sends, so that doubled ones are seen. */
const ALL = '100000';

/** What `sotto listen --json` prints. */
type Line = PeerEvent | { readonly event: 'ready' };

/** One of the two. */
export class Person {
  readonly name: Name;
  readonly home: string;
  readonly #processes: Processes;
  readonly #env: Readonly<Record<string, string>>;
  #listener: Program | null = null;
  #mouth: Program | null = null;
  /** Everything that its listeners told, each line taken once. */
  readonly #events: Line[] = [];
  readonly #heard: Message[] = [];
  readonly #said = new Map<string, Message>();
  #taken = 0;

  /** @param folder the demo's own */
  constructor(name: Name, processes: Processes, folder: string) {
    this.name = name;
    this.home = join(folder, name.toLowerCase());
    this.#processes = processes;
    this.#env = { SOTTO_HOME: this.home, SOTTO_PASSPHRASE: randomBytes(12).toString('base64url') };
  }

  /** Runs one command to its end. @throws REFUSED when it fails */
  run(...args: readonly string[]): Promise<readonly string[]> {
    return this.#start(args).done();
  }

  /** Runs one command whose output is JSON, one object a line. */
  async ask<T>(...args: readonly string[]): Promise<readonly T[]> {
    return (await this.run(...args, '--json')).map((line) => JSON.parse(line) as T);
  }

  /** Starts `sotto listen`, which from then on owns the home. */
  async listen(): Promise<void> {
    const listener = this.#start(['listen', '--json']);
    await listener.until('it listened', () => listener.lines[0] ?? null); // its first line says that it is ready
    this.#listener = listener;
    this.#taken = 0;
  }

  /** Ends `sotto listen`: this person is away. */
  async leave(): Promise<void> {
    await this.#listener?.end('SIGTERM');
    this.#takeEvents();
    this.#listener = null;
  }

  /** Waits for an event among all since the beginning. */
  event(what: string, is: (line: Line) => boolean): Promise<Line> {
    return this.until(what, () => this.#takeEvents().find(is) ?? null);
  }

  /** Waits until `look` finds something, asking again after every event. */
  until<T>(what: string, look: () => T | null): Promise<T> {
    if (this.#listener === null) throw new TypeError('nobody listens');
    return this.#listener.until(what, look);
  }

  /** Messages from the other side, as they were told of. */
  heard(): readonly Message[] {
    this.#takeEvents();
    return this.#heard;
  }

  /** How many messages of our own were told of. */
  saidCount(): number {
    this.#takeEvents();
    return this.#said.size;
  }

  /** How many of our own messages were last told of in this state. */
  count(state: Message['state']): number {
    this.#takeEvents();
    return [...this.#said.values()].filter((message) => message.state === state).length;
  }

  /** Opens `sotto send --stdin` to somebody: what is said from now on goes there. */
  open(to: Person): void {
    this.#mouth = this.#start(['send', to.name, '--stdin', '--json']);
  }

  /** Says lines without waiting for anything. */
  say(lines: readonly string[]): void {
    this.#mouth?.write(lines);
  }

  /** Nothing more to say; waits until everything said is stamped. @throws REFUSED when something was not */
  async finish(): Promise<void> {
    this.#mouth?.endInput();
    await this.#mouth?.done();
  }

  /** Puts lines into the outbox, with nobody to reach. */
  async write(to: Person, lines: readonly string[]): Promise<void> {
    const program = this.#start(['send', to.name, '--stdin', '--no-wait', '--json']);
    program.write(lines);
    program.endInput();
    await program.done();
  }

  /** What the store holds of the conversation with somebody, without marking it read. */
  store(other: Person, limit = ALL): Promise<readonly StoredMessage[]> {
    return this.ask<StoredMessage>('read', other.name, '--limit', limit, '--peek');
  }

  #start(args: readonly string[]): Program {
    return this.#processes.start(`${this.name}’s sotto ${args[0]}`, SOTTO, args, this.#env);
  }

  #takeEvents(): readonly Line[] {
    const lines = this.#listener?.lines ?? [];
    for (; this.#taken < lines.length; this.#taken += 1) this.#take(JSON.parse(lines[this.#taken] ?? '') as Line);
    return this.#events;
  }

  #take(line: Line): void {
    this.#events.push(line);
    if (line.event !== 'message' && line.event !== 'state') return;
    if (line.message.direction === 'out') this.#said.set(line.message.id, line.message);
    else if (line.event === 'message') this.#heard.push(line.message);
  }
}
