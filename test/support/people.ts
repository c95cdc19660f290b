// The cast: Alice, Bob and Carol as real engines over a store that can be stopped, a clock that can be wrong, and real lines to a relay.
import type { Contact, Invite, Message, PeerEvent, RelayStatus, Warning } from '../../core/api.ts';
import { systemClock } from '../../core/base/clock.ts';
import type { Discovery } from '../../core/net/discovery.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { addContact, addHomeRelay, createInvite } from '../../core/peer/calls.ts';
import { contactViews } from '../../core/peer/contacts.ts';
import type { DirectPath } from '../../core/peer/direct.ts';
import { Engine } from '../../core/peer/engine.ts';
import { history, requestList } from '../../core/peer/history.ts';
import type { Connect } from '../../core/peer/hub.ts';
import { markRead } from '../../core/peer/mark-read.ts';
import { makeAccount } from '../../core/peer/self.ts';
import { settled, sync } from '../../core/peer/sync.ts';
import { warningView } from '../../core/peer/views.ts';
import { warnings } from '../../core/peer/warnings.ts';
import { createSerial } from '../../core/session/lock.ts';
import { CachedStore } from '../../core/store/cached.ts';
import { LaterStore } from '../../core/store/later.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import type { Store } from '../../core/store/store.ts';
import { DIRECT_PROTOCOL } from '../../core/wire/version.ts';
import { until } from './net-wait.ts';
import { PersonClock } from './people-clock.ts';
import { FaultyStore } from './store-faulty.ts';

/** How long anything may take before a test says that it does not come, ms. */
export const PATIENCE = 10_000;

/** Stands between an engine and its relay, to see or change what passes. */
export type Tamper = (connection: RelayConnection) => RelayConnection;

/** How a person differs from the ordinary. */
export interface PersonOptions {
  /** What their device keeps over restarts; memory unless a test wants a real disk. */
  readonly disk?: Store;
  /** How far their wall clock is off, ms. */
  readonly clockWrong?: number;
  readonly tamper?: Tamper;
  /** Answers direct dials at an address of its own on loopback. */
  readonly listens?: boolean;
  /** Looks around on the local network. */
  readonly discover?: (node: Node) => Discovery;
}

/** Somebody with one device. */
export class Person {
  readonly name: string;
  readonly disk: Store;
  readonly events: PeerEvent[] = [];
  tamper: Tamper;
  clockWrong: number;
  /** The store of the present run; stops and fails as a test plans. */
  store: FaultyStore;
  /** The store of the present run stands still, as the device of somebody whose process died. */
  hasStopped = false;
  clock: PersonClock;
  #engine: Engine | null = null;
  readonly #options: PersonOptions;
  #node: Node | null = null;
  #direct: DirectPath | null = null;
  #connections = new Set<RelayConnection>();

  private constructor(name: string, options: PersonOptions) {
    this.name = name;
    this.#options = options;
    this.disk = options.disk ?? new MemoryStore();
    this.clockWrong = options.clockWrong ?? 0;
    this.tamper = options.tamper ?? ((connection) => connection);
    this.store = new FaultyStore(this.disk);
    this.clock = new PersonClock(this.clockWrong);
  }

  /** A new account on its first device, with no network yet. */
  static async create(name: string, options: PersonOptions = {}): Promise<Person> {
    const person = new Person(name, options);
    await person.disk.open();
    await makeAccount(person.disk, name);
    return person;
  }

  /** Somebody whose account is on this disk already. */
  static over(name: string, disk: Store, options: PersonOptions = {}): Person {
    return new Person(name, { ...options, disk });
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error(`${this.name} is not running`);
    return this.#engine;
  }

  get running(): boolean {
    return this.#engine !== null;
  }

  /** Starts the engine over what is on the disk. `prepare` may plan faults for its very first commits. */
  async start(prepare: (store: FaultyStore) => void = () => undefined): Promise<this> {
    this.store = new FaultyStore(this.disk);
    this.clock = new PersonClock(this.clockWrong);
    prepare(this.store);
    const { store, clock } = this;
    this.hasStopped = false;
    void store.stopped.then(() => {
      if (this.store === store) this.hasStopped = true;
    });
    const announce = (event: PeerEvent): void => {
      if (this.clock === clock) this.events.push(event);
    };
    // The cache of a real home stands in front, so that what it remembers is put to the same tests.
    this.#engine = await Engine.start({ store: new LaterStore(new CachedStore(store)), clock, serial: createSerial(), announce });
    return this;
  }

  /** Begins the lines to the relays. */
  async goOnline(): Promise<this> {
    const engine = this.engine;
    this.#node ??= await this.#makeNode();
    const node = this.#node;
    const connections = this.#connections;
    const connect: Connect = async (address, signal) => {
      const connection = this.tamper(await connectRelay(node, address, { clock: systemClock, signal }));
      connections.add(connection);
      void connection.closed.then(() => connections.delete(connection));
      return connection;
    };
    this.#direct = await engine.goOnline(connect, {
      peerId: node.peerId,
      addresses: node.addresses,
      dial: (address, signal) => node.dial(address, DIRECT_PROTOCOL, signal),
      discovery: this.#options.discover?.(node) ?? null,
    });
    return this;
  }

  async #makeNode(): Promise<Node> {
    const listen = this.#options.listens === true ? ['/ip4/127.0.0.1/tcp/0/ws'] : [];
    const node = await createNode({ key: this.engine.parts.self().me.peer, listen });
    if (listen.length === 0) return node;
    await node.handle(DIRECT_PROTOCOL, (channel) => {
      if (this.#engine === null || this.#direct === null) void channel.close('Nobody is there.');
      else this.#direct.accept(channel);
    });
    return node;
  }

  /** Ends this run in order. */
  async leave(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    await engine?.close();
    this.clock.die();
  }

  /** Ends this run as kill -9 does: nothing that was under way ever settles. */
  async kill(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    this.store.stopAt(1, 'before');
    this.clock.die();
    const connections = this.#connections;
    this.#connections = new Set();
    engine?.close().catch(() => undefined);
    await Promise.all([...connections].map((connection) => connection.close()));
  }

  /** Kills and starts again over what is on the disk. */
  async restart(prepare?: (store: FaultyStore) => void): Promise<this> {
    await this.kill();
    await this.start(prepare);
    return this.goOnline();
  }

  /** Everything ends; the node too. */
  async end(): Promise<void> {
    await this.kill();
    await this.#node?.stop();
  }

  addRelay(address: string): Promise<RelayStatus> {
    return addHomeRelay(this.engine, address);
  }

  invite(open = false): Promise<Invite> {
    return createInvite(this.engine, this.#network(), { public: open, expiresInMs: 0 });
  }

  add(link: string, petname: string): Promise<Contact> {
    return addContact(this.engine, this.#network(), link, petname);
  }

  #network() {
    if (this.#node === null) throw new Error(`${this.name} is offline`);
    return { node: this.#node, stop: async () => undefined };
  }

  accept(who: string, petname: string): Promise<Contact> {
    return this.engine.accept(who, petname);
  }

  async requests(): Promise<Contact[]> {
    return (await requestList(this.engine.parts)).map(({ contact }) => contact);
  }

  async contact(petname: string): Promise<Contact | null> {
    const all = await contactViews(this.engine.parts);
    return all.find((contact) => contact.petname === petname) ?? null;
  }

  send(who: string, text: string, id: string | null = null): Promise<Message> {
    return this.engine.send(who, text, id);
  }

  settled(...ids: string[]): Promise<Message[]> {
    return settled(this.engine, ids, PATIENCE);
  }

  sync(timeoutMs = PATIENCE) {
    return sync(this.engine, { received: 0, sent: new Set() }, timeoutMs);
  }

  async history(who: string): Promise<Message[]> {
    const { parts, early } = this.engine;
    return (await history(parts, early, who, 10_000, null)).messages;
  }

  async markRead(who: string): Promise<void> {
    const conversation = await markRead(this.engine.parts, who, null, this.engine.parts.announce);
    if (conversation !== null) this.engine.touchReceipt(conversation);
  }

  async warnings(): Promise<Warning[]> {
    return (await warnings(this.engine.parts.store)).map(warningView);
  }

  async warned(): Promise<string[]> {
    return (await this.warnings()).map(({ kind }) => kind).sort();
  }

  /** Waits until somebody asks, and answers who. */
  async asked(): Promise<Contact> {
    await until(async () => (await this.requests()).length > 0, `somebody asks ${this.name}`);
    return (await this.requests())[0] as Contact;
  }

  /** Waits until history with `who` fits. */
  async sees(who: string, fits: (messages: Message[]) => boolean, what: string): Promise<Message[]> {
    let seen: Message[] = [];
    await until(async () => {
      seen = await this.history(who);
      return fits(seen);
    }, `${this.name} sees ${what}`);
    return seen;
  }
}

/** Alice asks Bob over his link, and he accepts; both keep the other under their name. */
export async function becomeContacts(alice: Person, bob: Person): Promise<void> {
  const { link } = await bob.invite();
  await alice.add(link, bob.name);
  const { account } = await bob.asked();
  await bob.accept(account, alice.name);
  await until(async () => (await alice.contact(bob.name))?.state === 'accepted', `${bob.name}'s answer reaches ${alice.name}`);
}
