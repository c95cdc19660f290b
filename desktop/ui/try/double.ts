// An engine that is none: a WindowApi over canned people, for looking at the page. Answers like the real one, forgets everything on reload.
import type { Contact, Conversation, Invite, Message, RelayStatus, Warning } from '../../../core/api.ts';
import { SottoError } from '../../../core/base/errors.ts';
import type { Home, LocalRelay, Preferences, WindowApi, WindowEvent } from '../../../core/window-api.ts';
import { momentsOf } from './moments.ts';
import { ALICE, ASKING, contactOf, digits, type Person } from './people.ts';
import { RELAY, type Scene } from './scenes.ts';
import { longHistory, Talk } from './talk.ts';

/** See above. `tell` lets a scene make events. */
export class Double {
  readonly talks: Map<string, Talk>;
  readonly #scene: Scene;
  readonly #listeners = new Set<(event: WindowEvent) => void>();
  #home: Home;
  #name = 'Alice';
  #preferences: Preferences;
  #relays: RelayStatus[];
  #requests: { contact: Contact; at: number }[];
  #invites: Invite[] = [];
  #typed = new Map<string, string>();
  #warnings: Warning[];
  #local: LocalRelay = { running: false, address: null };

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#home = scene.home;
    this.talks = new Map(scene.people.map((person) => [person.contact.account, this.#talk(person)]));
    this.#warnings = scene.people.flatMap(({ warnings }) => [...warnings]);
    this.#requests = scene.asking ? [...ASKING] : [];
    this.#relays = scene.relays.map((state) => relayIn(state));
    for (const { contact, draft } of scene.people) if (draft) this.#typed.set(contact.account, draft);
    this.#preferences = {
      appearance: 'system',
      contrast: 'system',
      motion: 'system',
      language: 'system',
      notifications: 'event',
      enterSends: true,
      lockAfterMs: 0,
      ...scene.preferences,
    };
  }

  tell(event: WindowEvent): void {
    if (event.event === 'warning') this.#warnings = [...this.#warnings, event.warning];
    for (const listener of this.#listeners) listener(event);
  }

  /** Somebody writes to us. */
  receive(account: string, text: string): void {
    const talk = this.#of(account);
    const message = this.#message(talk, text, 'in', digits(`in/${Math.random()}`, 16));
    talk.add({ ...message, state: 'delivered', storedAt: Date.now(), epoch: 1, seq: talk.length });
    if (talk.last !== null) this.tell({ event: 'message', message: talk.last });
  }

  readonly api: WindowApi = this.#makeApi();

  #talk(person: Person): Talk {
    return new Talk(person, person.contact.petname === 'Grace' ? longHistory(person.contact, this.#scene.long) : null);
  }

  #of(who: string): Talk {
    const talk = this.talks.get(who) ?? [...this.talks.values()].find(({ contact }) => contact.petname === who);
    if (talk === undefined) throw new SottoError('NOT_FOUND');
    return talk;
  }

  #message(talk: Talk, text: string, direction: 'in' | 'out', id: string): Message {
    const from = direction === 'out' ? ALICE : talk.contact.account;
    const rest = { storedAt: null, epoch: null, seq: null, state: 'queued', reason: null, provisional: false } as const;
    return { id, conversation: talk.id, direction, from, text, sentAt: Date.now(), ...rest };
  }

  #conversation(talk: Talk): Conversation {
    const { person, contact, unread, last, id } = talk;
    return { id, with: contact, unread, last, epoch: 1, relay: person.relay ?? RELAY, warnings: [...person.warnings] };
  }

  #identity() {
    const store = { passphrase: true, keyFile: false, text: 'Encrypted with your passphrase.' };
    const peerId = '12D3KooWAliceAliceAliceAliceAliceAliceAliceAlice';
    return { account: ALICE, name: this.#name, device: 1, peerId, addresses: [], relays: this.#relays, store };
  }

  #setHome(change: Partial<Home>): Home {
    this.#home = { ...this.#home, ...change };
    this.tell({ event: 'home', home: this.#home });
    return this.#home;
  }

  #change(who: string, change: Partial<Contact>): Contact {
    const talk = this.#of(who);
    talk.contact = { ...talk.contact, ...change };
    this.tell({ event: 'contact', contact: talk.contact });
    return talk.contact;
  }

  #state(talk: Talk, id: string, change: Partial<Message>): void {
    const message = talk.change(id, change);
    if (message !== null) this.tell({ event: 'state', message });
  }

  #send(who: string, text: string, given: string | null): Message {
    const talk = this.#of(who);
    const id = given ?? digits(`out/${Math.random()}`, 16);
    if (talk.has(id)) return talk.change(id, {}) as Message;
    const message = this.#message(talk, text, 'out', id);
    talk.add(message);
    this.tell({ event: 'message', message });
    if (this.#relays.some(({ state }) => state === 'connected')) {
      const stored = { state: 'stored', storedAt: Date.now(), epoch: 1, seq: talk.length } as const;
      setTimeout(() => this.#state(talk, id, stored), 250);
      setTimeout(() => this.#state(talk, id, { state: 'delivered' }), 900);
      setTimeout(() => this.#state(talk, id, { state: 'read' }), 2_500);
    }
    return message;
  }

  #makeApi(): WindowApi {
    return { ...momentsOf(this), ...this.#peopleCalls(), ...this.#messageCalls(), ...this.#selfCalls(), ...this.#homeCalls() };
  }

  #peopleCalls() {
    return {
      contacts: async () => [...this.talks.values()].map(({ contact }) => contact).concat(this.#requests.map(({ contact }) => contact)),
      requests: async () => this.#requests,
      addContact: async ({ link, petname }) => {
        if (!link.startsWith('sotto:')) throw new SottoError('BAD_LINK');
        const contact = contactOf(link, { petname, claimedName: null, state: 'requested' });
        this.talks.set(contact.account, this.#talk({ contact, lines: [], unread: 0, warnings: [] }));
        this.tell({ event: 'contact', contact });
        return contact;
      },
      accept: async ({ who, petname }) => {
        const request = this.#requests.find(({ contact }) => contact.account === who);
        if (request === undefined) throw new SottoError('NOT_FOUND');
        this.#requests = this.#requests.filter((other) => other !== request);
        const contact = { ...request.contact, petname, state: 'accepted' } as const;
        this.talks.set(who, this.#talk({ contact, lines: [], unread: 0, warnings: [] }));
        this.tell({ event: 'contact', contact });
        return contact;
      },
      rename: async ({ who, petname }) => this.#change(who, { petname }),
      reject: async ({ who }) => {
        this.#requests = this.#requests.filter(({ contact }) => contact.account !== who);
        return {};
      },
      block: async ({ who }) => {
        const request = this.#requests.find(({ contact }) => contact.account === who);
        this.#requests = this.#requests.filter((other) => other !== request);
        return request === undefined ? this.#change(who, { blocked: true }) : { ...request.contact, blocked: true };
      },
      unblock: async ({ who }) => this.#change(who, { blocked: false }),
      safetyNumber: async ({ who }) => {
        const rows = Array.from({ length: 12 }, (_, i) => digits(`${who}/${i}`, 4).replace(/\D/g, '7').slice(0, 5));
        return { number: rows.join(''), scannable: digits(who, 60), verified: this.#of(who).contact.verified };
      },
      setVerified: async ({ who, verified }) => this.#change(who, { verified }),
    } satisfies Partial<WindowApi>;
  }

  #messageCalls() {
    return {
      conversations: async ({ from = 0, limit = Number.POSITIVE_INFINITY }) =>
        [...this.talks.values()]
          .filter(({ contact }) => contact.state === 'accepted')
          .sort((a, b) => b.lastAt - a.lastAt)
          .slice(from, from + limit)
          .map((talk) => this.#conversation(talk)),
      conversation: async ({ who }) => this.#conversation(this.#of(who)),
      detail: async ({ id }) => {
        const message = [...this.talks.values()].find((talk) => talk.has(id))?.change(id, {});
        if (message == null) throw new SottoError('NOT_FOUND');
        return { message, device: 1, relay: RELAY, path: 'relay', chain: message.seq === null ? 'waiting' : 'checked' };
      },
      send: async ({ who, text, id, typed }) => {
        if (typed === true) this.#typed.delete(who);
        return this.#send(who, text, id);
      },
      settled: async () => [],
      resend: async ({ id }) => {
        const talk = [...this.talks.values()].find((one) => one.has(id));
        if (talk === undefined) throw new SottoError('NOT_FOUND');
        if (talk.contact.blocked) throw new SottoError('BLOCKED');
        this.#state(talk, id, { state: 'queued', reason: null });
        return talk.change(id, {}) as Message;
      },
      sync: async () => ({ complete: true, received: 0, sent: 0, waiting: 0, reason: null }),
      history: async ({ who, limit, before }) => {
        const talk = this.#of(who);
        const end = before === null ? talk.length : Number(before);
        const from = Math.max(0, end - limit);
        return { messages: talk.slice(from, end), before: from === 0 ? null : String(from) };
      },
      historyAfter: async ({ who, limit, after }) => {
        const talk = this.#of(who);
        const from = after === null ? 0 : Number(after);
        const end = Math.min(talk.length, from + limit);
        return { messages: talk.slice(from, end), after: end === talk.length ? null : String(end) };
      },
      firstUnread: async ({ who }) => ({ cursor: this.#of(who).firstUnread?.toString() ?? null }),
      saveTyped: async ({ who, text }) => {
        if (text === '') this.#typed.delete(who);
        else this.#typed.set(who, text);
        return {};
      },
      typed: async () => [...this.#typed].map(([account, text]) => ({ account, text, at: Date.now() })),
      markRead: async ({ who, upTo }) => {
        const talk = this.#of(who);
        talk.readUpTo(upTo);
        this.tell({ event: 'unread', conversation: talk.id, unread: talk.unread });
        return {};
      },
      warnings: async () => this.#warnings,
    } satisfies Partial<WindowApi>;
  }

  #selfCalls() {
    return {
      identity: async () => this.#identity(),
      setName: async ({ name }) => {
        this.#name = name;
        return this.#identity();
      },
      addRelay: async ({ relay }) => {
        if (!relay.startsWith('/')) throw new SottoError('BAD_INPUT');
        const status = { ...relayIn('connected'), address: relay.split('#')[0] ?? '' };
        this.#relays = [...this.#relays, status];
        this.tell({ event: 'relay', relay: status });
        return status;
      },
      removeRelay: async ({ relay }) => {
        this.#relays = this.#relays.filter(({ address }) => address !== relay);
        return {};
      },
      createInvite: async ({ public: isPublic, expiresInMs }) => {
        const link = `sotto:i/${digits(`link/${Math.random()}`, 90)}`;
        const invite = { link, public: isPublic, expires: Date.now() + expiresInMs, used: 0, revoked: false };
        this.#invites = [...this.#invites, invite];
        return invite;
      },
      invites: async () => this.#invites,
      revokeInvite: async ({ link }) => {
        this.#invites = this.#invites.map((invite) => (invite.link === link ? { ...invite, revoked: true } : invite));
        return {};
      },
      recovery: async () => ({ file: 'sotto-recovery-1', code: 'moss lamp seven river' }),
      onEvent: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    } satisfies Partial<WindowApi>;
  }

  #homeCalls() {
    return {
      home: async () => this.#home,
      createHome: async ({ name, passphrase, keyring }) => {
        this.#name = name;
        const slots = { passphrase: passphrase !== null, keyring, keyFile: passphrase === null && !keyring };
        return this.#setHome({ state: 'open', slots });
      },
      unlock: async ({ passphrase }) => {
        if (passphrase !== 'open') throw new SottoError('WRONG_PASSPHRASE');
        return this.#setHome({ state: 'open' });
      },
      lock: async () => this.#setHome({ state: 'locked' }),
      active: async () => ({}),
      changePassphrase: async ({ to }) => this.#setHome({ slots: { ...this.#home.slots, passphrase: to !== null } }),
      useKeyring: async ({ on }) => this.#setHome({ slots: { ...this.#home.slots, keyring: on } }),
      preferences: async () => this.#preferences,
      setPreferences: async (change) => {
        const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
        this.#preferences = { ...this.#preferences, ...given };
        this.tell({ event: 'preferences', preferences: this.#preferences });
        return this.#preferences;
      },
      localRelay: async () => this.#local,
      startLocalRelay: async () => {
        const status = { ...relayIn('connected'), address: '/ip4/127.0.0.1/tcp/4400/ws/p2p/12D3KooWLocal' };
        this.#local = { running: true, address: status.address };
        this.#relays = [...this.#relays, status];
        this.tell({ event: 'relay', relay: status });
        return status;
      },
      stopLocalRelay: async () => {
        this.#local = { running: false, address: null };
        return this.#local;
      },
      storage: async () => ({ folder: '/home/alice/.local/share/sotto', bytes: 48_234_123 }),
    } satisfies Partial<WindowApi>;
  }
}

function relayIn(state: RelayStatus['state']): RelayStatus {
  const reason = state === 'connected' ? null : state === 'refused' ? 'It wants a token.' : 'It does not answer.';
  return { address: RELAY, peerId: '12D3KooWRelayOfTheGarden', state, reason };
}
