// A small double of the engine for tests of the commands: keeps a home's messages in plain files, with the lock of a real store.
// Two processes may use it on one home. What it was asked stands in `asked`.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contact, Conversation, Identity, Message, PeerApi, PeerEvent } from '../../core/api.ts';
import { SottoError } from '../../core/base/errors.ts';
import type { Engine } from '../../core/cli/engine.ts';
import type { OpenPeerOptions, RunningPeer } from '../../core/index.ts';

export const BOB_ACCOUNT = 'b0b'.padEnd(64, '0');
export const ALICE_ACCOUNT = 'a11ce'.padEnd(64, '0');
export const CONVERSATION = 'c0'.repeat(16);

/** Bob as Alice knows him. */
export const BOB: Contact = {
  account: BOB_ACCOUNT,
  petname: 'bob',
  claimedName: 'Bob',
  state: 'accepted',
  verified: false,
  blocked: false,
  direct: false,
};

/** What a test may turn. */
export interface FakeOptions {
  /** State that a sent message settles in. */
  readonly settlesAs?: Message['state'];
  /** How long a call of `settled` takes, ms. */
  readonly settleMs?: number;
  /** Messages of the history beside those sent. */
  readonly history?: readonly Message[];
  readonly conversations?: readonly Conversation[];
  readonly requests?: readonly { contact: Contact; at: number }[];
  /** Called for every call, so that a test may fail, delay or count it. */
  readonly onCall?: (name: string, input: unknown) => void;
}

/** Calls in their order. */
export interface FakeEngine extends Engine {
  readonly asked: { name: string; input: unknown }[];
  /** Hands an event to all who listen. */
  emit(event: PeerEvent): void;
}

/** A message from Bob, or with `direction: 'out'` from Alice. */
export function aMessage(part: Partial<Message> = {}): Message {
  const direction = part.direction ?? 'in';
  return {
    id: '1d'.repeat(16),
    conversation: CONVERSATION,
    direction,
    from: direction === 'in' ? BOB_ACCOUNT : ALICE_ACCOUNT,
    text: 'Hello',
    sentAt: new Date(2026, 10, 21, 14, 5).getTime(),
    storedAt: null,
    epoch: 1,
    seq: 1,
    state: 'stored',
    reason: null,
    provisional: false,
    ...part,
  };
}

/** Makes the double. */
export function fakeEngine(options: FakeOptions = {}): FakeEngine {
  const asked: { name: string; input: unknown }[] = [];
  const listeners = new Set<(event: PeerEvent) => void>();
  const emit = (event: PeerEvent) => {
    for (const listener of listeners) listener(event);
  };
  return {
    asked,
    emit,
    homeExists: (home) => existsSync(join(home, 'fake.json')),
    isUnfinished: async () => false,
    createHome: async (home, { name, passphrase }) => {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      writeFileSync(join(home, 'fake.json'), JSON.stringify({ name, passphrase }));
    },
    openPeer: (open) => openFake(open, options, asked, listeners, emit),
  };
}

async function openFake(
  open: OpenPeerOptions,
  options: FakeOptions,
  asked: FakeEngine['asked'],
  listeners: Set<(event: PeerEvent) => void>,
  emit: (event: PeerEvent) => void,
): Promise<RunningPeer> {
  const home = JSON.parse(readFileSync(join(open.home, 'fake.json'), 'utf8')) as { name: string; passphrase: string | null };
  asked.push({ name: 'openPeer', input: { listen: open.listen, lan: open.lan, online: open.online } });
  const unlock = lock(open.home);
  try {
    if (home.passphrase !== null && (await open.passphrase?.()) !== home.passphrase) throw new SottoError('WRONG_PASSPHRASE');
  } catch (error) {
    unlock();
    throw error;
  }
  const note = (name: string, input: unknown) => {
    asked.push({ name, input });
    options.onCall?.(name, input);
  };
  return {
    api: fakeApi(open.home, home.name, options, note, listeners, emit),
    goOnline: async () => note('goOnline', {}),
    close: async () => {
      unlock();
      note('close', {});
    },
  };
}

/** Like the lock of the real store: held by a living process, or by none. */
function lock(home: string): () => void {
  const path = join(home, 'LOCK');
  try {
    writeFileSync(path, `${process.pid}`, { flag: 'wx' });
  } catch {
    if (heldByTheLiving(path)) throw new SottoError('HOME_BUSY');
    writeFileSync(path, `${process.pid}`);
  }
  return () => rmSync(path, { force: true });
}

function heldByTheLiving(path: string): boolean {
  if (!existsSync(path)) return true; // let go this moment: try again
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Texts that were sent from a home, in the order of its outbox. */
export function sentTexts(home: string): string[] {
  return sent(home).map((message) => message.text ?? '');
}

function sent(home: string): Message[] {
  const path = join(home, 'sent.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Message);
}

function fakeApi(
  home: string,
  name: string,
  options: FakeOptions,
  note: (name: string, input: unknown) => void,
  listeners: Set<(event: PeerEvent) => void>,
  emit: (event: PeerEvent) => void,
): PeerApi {
  const messages = new Map(sent(home).map((message) => [message.id, message]));
  const identity: Identity = {
    account: ALICE_ACCOUNT,
    name,
    device: 1,
    peerId: '12D3KooWAlice',
    addresses: [],
    relays: [{ address: '/ip4/127.0.0.1/tcp/4001/ws', peerId: '12D3KooWRelay', state: 'connected', reason: null }],
    store: { passphrase: true, keyFile: false, text: 'sealed with a passphrase' },
  };
  const conversation: Conversation = { id: CONVERSATION, with: BOB, unread: 0, last: null, epoch: 1, relay: null, warnings: [] };
  const find = (who: string): Contact => {
    if (who !== 'bob' && !BOB_ACCOUNT.startsWith(who)) throw new SottoError('NOT_FOUND', 'There is nobody of that name.');
    return BOB;
  };
  const answers: { [N in keyof PeerApi]: (input: never) => unknown } = {
    identity: () => identity,
    setName: ({ name: claimed }: { name: string }) => ({ ...identity, name: claimed }),
    addRelay: ({ relay }: { relay: string }) => ({ address: relay, peerId: '12D3KooWRelay', state: 'connected', reason: null }),
    removeRelay: () => ({}),
    createInvite: (input: { public: boolean; expiresInMs: number }) => ({
      link: 'sotto:invite/abc',
      public: input.public,
      expires: Date.now() + input.expiresInMs,
      used: 0,
      revoked: false,
    }),
    invites: () => [],
    revokeInvite: () => ({}),
    addContact: ({ petname }: { petname: string | null }) => ({ ...BOB, petname, state: 'requested' }),
    contacts: () => [BOB],
    requests: () => options.requests ?? [],
    accept: ({ who }: { who: string }) => find(who),
    rename: ({ who, petname }: { who: string; petname: string | null }) => ({ ...find(who), petname }),
    reject: ({ who }: { who: string }) => {
      find(who);
      return {};
    },
    block: ({ who }: { who: string }) => ({ ...find(who), blocked: true }),
    unblock: ({ who }: { who: string }) => find(who),
    conversations: () => options.conversations ?? [conversation],
    send: ({ who, text, id }: { who: string; text: string; id: string }) => {
      find(who);
      const there = messages.get(id);
      if (there !== undefined) return there;
      const message = aMessage({ id, direction: 'out', text, state: 'queued', seq: null, epoch: null });
      messages.set(id, message);
      appendFileSync(join(home, 'sent.jsonl'), `${JSON.stringify(message)}\n`);
      emit({ event: 'message', message });
      return message;
    },
    settled: async ({ ids }: { ids: string[] }) => {
      if (options.settleMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.settleMs).unref());
      const state = options.settlesAs ?? 'stored';
      return ids
        .flatMap((id) => messages.get(id) ?? [])
        .map((message) => ({
          ...message,
          state,
          seq: state === 'stored' ? 1 : null,
          reason: state === 'failed' ? 'The disk of the relay is full.' : null,
        }));
    },
    resend: ({ id }: { id: string }) => aMessage({ id, direction: 'out', state: 'queued' }),
    sync: () => ({ complete: true, received: 0, sent: 0, waiting: 0, reason: null }),
    history: ({ who, limit, before }: { who: string; limit: number; before: string | null }) => {
      find(who);
      const all = [...(options.history ?? []), ...messages.values()];
      const end = before === null ? all.length : Number(before);
      const start = Math.max(0, end - limit);
      return { messages: all.slice(start, end), before: start === 0 ? null : `${start}` };
    },
    conversation: ({ who }: { who: string }) => ({ ...conversation, with: find(who) }),
    detail: ({ id }: { id: string }) => ({
      message: messages.get(id) ?? aMessage({ id }),
      device: 1,
      relay: null,
      path: 'relay',
      chain: 'checked',
    }),
    historyAfter: () => ({ messages: [...(options.history ?? []), ...messages.values()], after: null }),
    firstUnread: () => ({ cursor: null }),
    saveTyped: () => ({}),
    typed: () => [],
    markRead: () => ({}),
    safetyNumber: () => ({ number: '1234567890'.repeat(6), scannable: 'scan', verified: false }),
    setVerified: ({ who, verified }: { who: string; verified: boolean }) => ({ ...find(who), verified }),
    putBlob: ({ path }: { path: string }) => ({
      address: 'ab'.repeat(32),
      key: 'cd'.repeat(32),
      size: path.length,
      relay: identity.peerId,
    }),
    getBlob: () => ({}),
    recovery: () => ({ file: 'sealed root key', code: 'ABCD-EFGH' }),
    warnings: () => [],
    typing: () => ({}),
    presence: () => ({ state: 'unknown', lastSeen: null }),
    watchPresence: () => ({ state: 'away', lastSeen: 1_795_000_000_000 }),
    privacy: () => ({ typing: true, presence: true }),
    wake: () => ({ endpoint: null, relays: [], conversations: 0, elsewhere: 0 }),
    setWake: (wanted: object) => ({ ...wanted, relays: [], conversations: 0, elsewhere: 0 }),
    setPrivacy: (fields: object) => ({ typing: true, presence: true, ...fields }),
    onEvent: () => undefined,
  };
  const entries = Object.entries(answers).map(([call, answer]) => [
    call,
    async (input: never) => {
      note(call, input);
      return answer(input);
    },
  ]);
  const onEvent = (listener: (event: PeerEvent) => void) => {
    note('onEvent', {});
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { ...Object.fromEntries(entries), onEvent } as PeerApi;
}
