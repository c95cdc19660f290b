// The one table of commands. Parsing, --help, usage errors and the README's list follow from it; code is loaded per command.
import { AS, COMMON, LAN, LISTEN, NO_WAIT, TIMEOUT } from './flags.ts';
import { SAFETY, SAFETY_COMMANDS } from './table-safety.ts';
import type { Command } from './usage.ts';

const WHO = { name: 'WHO' } as const;

const START = 'Start';
const PEOPLE = 'People';
const MESSAGES = 'Messages';
const RELAYS = 'Relays';

/** The groups in the order of the help. */
export const GROUPS = [START, PEOPLE, MESSAGES, RELAYS, SAFETY] as const;

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'init',
    group: START,
    positionals: [],
    flags: [
      { name: 'name', value: 'NAME', required: true, help: 'the name others see first; they may give you another' },
      { name: 'relay', value: 'RELAY', many: true, help: 'a relay: its multiaddr, or the line its operator hands out' },
      { name: 'no-passphrase', value: null, help: 'protect nothing: the key lies in a file of mode 0600 in the home folder' },
      ...COMMON,
    ],
    summary: 'makes an account and its first device, and registers at the relays',
    details: 'A passphrase seals everything in the home folder. It is asked for twice at a terminal; it is never an argument.',
    examples: ['sotto init --name Alice --relay /dns4/relay.example.org/tcp/443/tls/ws/p2p/12D3KooW…'],
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'id',
    group: START,
    positionals: [],
    flags: COMMON,
    summary: 'shows the account id, the device, the relays and how safe the store is',
    examples: ['sotto id', 'sotto id --json'],
    load: () => import('./commands/id.ts'),
  },
  {
    name: 'ui',
    group: START,
    positionals: [],
    flags: [
      { name: 'port', value: 'N', help: 'answer on this port; otherwise on any that is free' },
      { name: 'no-open', value: null, help: 'open no browser, print the address only' },
      LISTEN,
      LAN,
      ...COMMON,
    ],
    summary: 'opens the window in your browser, and stays until stopped',
    details:
      'Prints the address alone on its line. It is good for one tab, which finds back by itself after a reload; keep it to\n' +
      'yourself until it was used. Only this machine can reach it. The window makes a new home and asks for the passphrase of\n' +
      'one, unless SOTTO_PASSPHRASE or --passphrase-file gives it. With --json the line is {"event":"ready","url":…}.',
    examples: ['sotto ui', 'sotto ui --no-open --port 7470'],
    load: () => import('./commands/ui.ts'),
  },
  {
    name: 'invite',
    group: PEOPLE,
    positionals: [],
    flags: [
      { name: 'public', value: null, help: 'for many people, not just one' },
      { name: 'expires', value: 'TIME', help: 'how long it is good for: 30m, 12h, 7d (7d)' },
      ...COMMON,
    ],
    summary: 'prints an invite link, alone on its line',
    examples: ['sotto invite', 'sotto invite --public --expires 30d'],
    load: () => import('./commands/invite.ts'),
  },
  {
    name: 'invites',
    group: PEOPLE,
    positionals: [],
    flags: COMMON,
    summary: 'lists the invite links',
    examples: ['sotto invites'],
    load: () => import('./commands/invites.ts'),
  },
  {
    name: 'revoke',
    group: PEOPLE,
    positionals: [{ name: 'LINK' }],
    flags: COMMON,
    summary: 'makes an invite link worthless',
    examples: ['sotto revoke sotto:invite/…'],
    load: () => import('./commands/revoke.ts'),
  },
  {
    name: 'add',
    group: PEOPLE,
    positionals: [{ name: 'LINK' }],
    flags: [AS, ...COMMON],
    summary: 'sends a request to the person whose link it is',
    details: 'Their answer comes to a relay of yours (sotto relay add RELAY); without one it must be able to reach you directly.',
    examples: ['sotto add sotto:invite/… --as bob'],
    load: () => import('./commands/add.ts'),
  },
  {
    name: 'requests',
    group: PEOPLE,
    positionals: [],
    flags: [{ name: 'offline', value: null, help: 'show what is here, without asking the relays' }, ...COMMON],
    summary: 'lists who asks to talk to you',
    examples: ['sotto requests'],
    load: () => import('./commands/requests.ts'),
  },
  {
    name: 'accept',
    group: PEOPLE,
    positionals: [WHO],
    flags: [AS, ...COMMON],
    summary: 'accepts a request',
    examples: ['sotto accept Bob', 'sotto accept 3f2a91 --as bob'],
    load: () => import('./commands/accept.ts'),
  },
  {
    name: 'reject',
    group: PEOPLE,
    positionals: [WHO],
    flags: COMMON,
    summary: 'turns a request down',
    examples: ['sotto reject 3f2a91'],
    load: () => import('./commands/reject.ts'),
  },
  {
    name: 'contacts',
    group: PEOPLE,
    positionals: [],
    flags: COMMON,
    summary: 'lists the people you know',
    examples: ['sotto contacts'],
    load: () => import('./commands/contacts.ts'),
  },
  {
    name: 'who',
    group: PEOPLE,
    positionals: [{ name: 'WHO', optional: true }],
    flags: [{ name: 'follow', value: null, help: 'stay, and print what changes' }, ...COMMON],
    summary: 'shows who is connected now, and when the others last were',
    details:
      'It is the relay that says so. Those who hide look like those who were not seen; who hides sees nobody (sotto privacy).\n' +
      'While this command runs, you are shown as connected as well.',
    examples: ['sotto who', 'sotto who bob --follow'],
    load: () => import('./commands/who.ts'),
  },
  {
    name: 'conversations',
    group: MESSAGES,
    positionals: [],
    flags: COMMON,
    summary: 'lists conversations, what is unread in them, and the last message',
    examples: ['sotto conversations'],
    load: () => import('./commands/conversations.ts'),
  },
  {
    name: 'send',
    group: MESSAGES,
    positionals: [WHO, { name: 'TEXT', many: true, optional: true }],
    flags: [
      { name: 'stdin', value: null, help: 'one message per line of standard input; empty lines are skipped' },
      NO_WAIT,
      TIMEOUT,
      LISTEN,
      LAN,
      ...COMMON,
    ],
    summary: 'sends a message, and waits until the relay has stamped it or the peer has taken it',
    details:
      'Exit code 0: every message is stored, delivered or read. With --no-wait: every message is in the outbox, and leaves with\n' +
      'the next `sotto sync`, or at once when `sotto listen` runs. A line ends with LF or CRLF and must be UTF-8.',
    examples: ['sotto send bob Hello Bob', 'sotto send bob --stdin < letter.txt', 'sotto send bob -- --this begins with dashes'],
    load: () => import('./commands/send.ts'),
  },
  {
    name: 'resend',
    group: MESSAGES,
    positionals: [{ name: 'ID' }],
    flags: [NO_WAIT, TIMEOUT, ...COMMON],
    summary: 'sends an expired or failed message again',
    examples: ['sotto resend 5b0c…'],
    load: () => import('./commands/resend.ts'),
  },
  {
    name: 'sync',
    group: MESSAGES,
    positionals: [],
    flags: [TIMEOUT, LISTEN, LAN, ...COMMON],
    summary: 'connects, empties the outbox, takes all that waits, acknowledges, exits',
    examples: ['sotto sync', 'sotto sync --timeout 10'],
    load: () => import('./commands/sync.ts'),
  },
  {
    name: 'listen',
    group: MESSAGES,
    positionals: [],
    flags: [{ name: 'signals', value: null, help: 'also say who types; --json always does' }, LISTEN, LAN, ...COMMON],
    summary: 'stays connected and prints one line per event, until stopped',
    details:
      'With --json the first line is {"event":"ready",…}; every other line is an event:\nmessage, state, request, contact, relay, warning, typing, presence.',
    examples: ['sotto listen', 'sotto listen --json', 'sotto listen --lan --listen /ip4/0.0.0.0/tcp/0/ws'],
    load: () => import('./commands/listen.ts'),
  },
  {
    name: 'read',
    group: MESSAGES,
    positionals: [WHO],
    flags: [
      { name: 'limit', value: 'N', help: 'the newest N messages (50)' },
      { name: 'before', value: 'CURSOR', help: 'those before a cursor that an earlier read gave; marks nothing read' },
      { name: 'peek', value: null, help: 'do not mark them read' },
      ...COMMON,
    ],
    summary: 'shows the history in its one order, and marks it read',
    details:
      'The state of your own messages stands behind them. A ~ marks a message whose place may still change.\n' +
      'With --json, when there are earlier messages, stderr gets {"before":CURSOR}.',
    examples: ['sotto read bob', 'sotto read bob --limit 1000 --json --peek'],
    load: () => import('./commands/read.ts'),
  },
  {
    name: 'relays',
    group: RELAYS,
    positionals: [],
    flags: COMMON,
    summary: 'lists your relays',
    examples: ['sotto relays'],
    load: () => import('./commands/relays.ts'),
  },
  {
    name: 'relay add',
    group: RELAYS,
    positionals: [{ name: 'RELAY' }],
    flags: COMMON,
    summary: 'registers at one more relay',
    examples: ["sotto relay add '/ip4/192.0.2.7/tcp/4001/ws/p2p/12D3KooW…#TOKEN'"],
    load: () => import('./commands/relay-add.ts'),
  },
  {
    name: 'relay remove',
    group: RELAYS,
    positionals: [{ name: 'RELAY' }],
    flags: COMMON,
    summary: 'leaves a relay',
    examples: ['sotto relay remove /ip4/192.0.2.7/tcp/4001/ws/p2p/12D3KooW…'],
    load: () => import('./commands/relay-remove.ts'),
  },
  {
    name: 'wake',
    group: RELAYS,
    positionals: [{ name: 'URL', optional: true }],
    flags: [
      { name: 'kind', value: 'KIND', help: 'webhook (an empty POST), unifiedpush, or webpush (webhook)' },
      { name: 'off', value: null, help: 'nobody calls any more' },
      { name: 'show', value: null, help: 'show how it stands; so does no URL' },
      ...COMMON,
    ],
    summary: 'has your relays call a URL when something waits and this device is away',
    details:
      'The call is empty: it says nothing of whom or what. The relay keeps the URL, and which logs it is called for. For Web\n' +
      'Push the relay’s key is shown. Only relays that you are registered at call; those of other conversations do not.',
    examples: ['sotto wake https://ntfy.sh/upXXXX --kind unifiedpush', 'sotto wake --show', 'sotto wake --off'],
    load: () => import('./commands/wake.ts'),
  },
  ...SAFETY_COMMANDS,
];
