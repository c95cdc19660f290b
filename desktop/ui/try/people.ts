// People and what they said, for looking at the page without an engine. Nobody of them is real; some of them are hostile.
import type { CallOutput, Contact, Message, MessageState, Warning } from '../../../core/api.ts';

/** A minute, ms. */
const MINUTE = 60_000;
/** An hour, ms. */
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Digits that look like an id and are always the same for the same seed. */
export function digits(seed: string, bytes: number): string {
  let hash = 0x811c9dc5;
  let out = '';
  for (let i = 0; out.length < bytes * 2; i += 1) {
    for (const sign of `${seed}/${i}`) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    out += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return out.slice(0, bytes * 2);
}

/** Us: Alice. */
export const ALICE = digits('alice', 32);

/** What somebody said: who (`a` Alice, `b` the other), how long before now (ms), the text, and how it stands. */
export interface Line {
  readonly by: 'a' | 'b';
  readonly ago: number;
  readonly text: string | null;
  readonly state?: MessageState;
  readonly reason?: string;
  readonly provisional?: boolean;
}

/** Somebody we know. */
export interface Person {
  readonly contact: Contact;
  readonly lines: readonly Line[];
  readonly unread: number;
  readonly warnings: readonly Warning[];
  readonly draft?: string;
  readonly presence?: CallOutput<'presence'>;
  /** They type, and do not stop. */
  readonly types?: boolean;
  readonly relay?: string;
}

/** A contact with what most have. */
export function contactOf(seed: string, change: Partial<Contact>): Contact {
  return {
    account: digits(seed, 32),
    petname: null,
    claimedName: null,
    state: 'accepted',
    verified: false,
    blocked: false,
    direct: false,
    ...change,
  };
}

function person(petname: string, rest: Partial<Omit<Person, 'contact'>> & { readonly of?: Partial<Contact> }): Person {
  const { of, ...others } = rest;
  return { contact: contactOf(petname, { petname, claimedName: petname, ...of }), lines: [], unread: 0, warnings: [], ...others };
}

const say = (by: 'a' | 'b', ago: number, text: string | null, more: Partial<Line> = {}): Line => ({ by, ago, text, ...more });

const MARKS = `Z${'\u0301\u0323\u0334'.repeat(120)}algo`;

/** Everybody of the usual scenes, the one heard from last first. */
export const PEOPLE: readonly Person[] = [
  person('Bob Amsel', {
    of: { verified: true },
    unread: 2,
    relay: '/dns4/relay.garden.example/tcp/443/tls/ws/p2p/12D3KooWRelayOfTheGarden',
    lines: [
      say('b', 3 * DAY, 'Are you coming on Saturday?'),
      say('a', 3 * DAY - 4 * MINUTE, 'Yes! I bring the good bread.', { state: 'read' }),
      say('a', 3 * DAY - 5 * MINUTE, 'And the small lamp, if I find it.', { state: 'read' }),
      say('b', 1 * DAY, 'Found your scarf behind the piano 🧣'),
      say('b', 1 * DAY - MINUTE, 'It smells of smoke. What did you do?'),
      say('a', 1 * DAY - 9 * MINUTE, 'Long story. There was a fire basket, a guitar, and a very confident uncle.', { state: 'read' }),
      say('b', 50 * MINUTE, 'The rehearsal moved to seven. Same place, side door.'),
      say('a', 44 * MINUTE, 'Good, that gives me time to eat.', { state: 'read' }),
      say('a', 43 * MINUTE, 'Here is the page we spoke about: https://www.example.org/scores/quiet-songs?page=3', { state: 'delivered' }),
      say('b', 6 * MINUTE, 'Perfect 🎶'),
      say('b', 5 * MINUTE, 'Could you take the second voice? Just softly – sotto voce, as she always says.'),
    ],
  }),
  person('Mother', {
    draft: 'I will call you on Sunday, after',
    lines: [
      say('b', 9 * HOUR, 'Did you water the plants?'),
      say('a', 8 * HOUR, 'All of them. Even the one that pretends to be dead.', { state: 'stored' }),
    ],
  }),
  person('Carol', {
    lines: [
      say('b', 26 * HOUR, 'The parcel is at your neighbour’s.'),
      say('a', 25 * HOUR, 'Thank you!! ❤️', { state: 'read' }),
      say('a', 12 * MINUTE, 'Do you have the key to the cellar?', { state: 'queued' }),
    ],
  }),
  person('Dave from the workshop', {
    lines: [
      say('b', 2 * DAY, 'Bring the 8 mm drill, please.'),
      say('a', 2 * DAY - HOUR, 'Which one of the three?', { state: 'failed', reason: 'The relay refused: full.' }),
    ],
  }),
  person('ايمان', {
    lines: [
      say('b', 3 * DAY, 'هل وصلت الصور؟'),
      say('a', 3 * DAY - HOUR, 'نعم، شكرًا جزيلاً!', { state: 'delivered' }),
      say('b', 2 * DAY, 'See you at 18:30, inshallah – المكان نفسه.'),
    ],
  }),
  person('Erin', {
    warnings: [
      {
        kind: 'fork',
        conversation: digits('conversation/Erin', 16),
        text: 'The relay showed two different histories of this conversation.',
        at: Date.now() - 5 * HOUR,
      },
    ],
    lines: [say('b', 5 * HOUR, null, { reason: 'It was encrypted for a device that is gone.' }), say('b', 4 * HOUR, 'Did that arrive?')],
  }),
  {
    contact: contactOf('mallory', { claimedName: 'Sotto \u202esystem\u202c  message\u0000', petname: null }),
    unread: 7,
    warnings: [],
    lines: [
      say('b', 4 * DAY, '<img src=x onerror=alert(1)> <b>bold?</b> [a](javascript:alert(1))'),
      say('b', 4 * DAY - MINUTE, `${MARKS} ${MARKS}`),
      say('b', 4 * DAY - 2 * MINUTE, 'Your account is locked. Sign in: https://аpple.com/login and http://bank.example@evil.example/x'),
      say('b', 4 * DAY - 3 * MINUTE, `${'W'.repeat(600)}`),
      say('b', 4 * DAY - 4 * MINUTE, 'line\n'.repeat(400)),
      say('b', 4 * DAY - 5 * MINUTE, 'invoice\u202efdp.exe \u2066\u2067 \u200bhidden\u200b', { provisional: true }),
    ],
  },
  person('Uncle Yaroslav Wolodymyrowytsch Kowaltschuk-Hohenbruck the Younger', {
    lines: [say('b', 5 * DAY, 'A'.repeat(90))],
  }),
  person('Grace', { lines: [] }),
  {
    contact: contactOf('frank', { petname: 'Frank', state: 'requested' }),
    lines: [],
    unread: 0,
    warnings: [],
    draft: '',
  },
];

/** Who asks to be our contact. */
export const ASKING: readonly { readonly contact: Contact; readonly at: number }[] = [
  { contact: contactOf('heidi', { claimedName: 'Heidi', state: 'asking' }), at: Date.now() - 20 * MINUTE },
  { contact: contactOf('trent', { claimedName: `Bob Amsel\u202e ${'\u0489'.repeat(50)}`, state: 'asking' }), at: Date.now() - 2 * DAY },
];

/** A line as a message. @param seq its place in the conversation */
export function messageOf(person: Person, line: Line, seq: number): Message {
  const at = Date.now() - line.ago;
  const waits = line.state === 'queued' || line.state === 'failed';
  return {
    id: digits(`${person.contact.account}/${seq}`, 16),
    conversation: conversationId(person.contact),
    direction: line.by === 'a' ? 'out' : 'in',
    from: line.by === 'a' ? ALICE : line.text === null ? null : person.contact.account,
    text: line.text,
    sentAt: at,
    storedAt: waits || line.provisional === true ? null : at + 900,
    epoch: waits ? null : 1,
    seq: waits || line.provisional === true ? null : seq,
    state: line.state ?? 'delivered',
    reason: line.reason ?? null,
    provisional: line.provisional ?? false,
  };
}

/** The id of the conversation with somebody. */
export function conversationId(contact: Contact): string {
  return digits(`conversation/${contact.petname ?? contact.account}`, 16);
}
