// The scenes of the try page: `?scene=NAME`, with `&appearance=dark`, `&language=de`, `&contrast=more` on top.
import type { RelayStatus } from '../../../core/api.ts';
import type { Home, Preferences } from '../../../core/window-api.ts';
import { contactOf, HOUR, PEOPLE, type Person } from './people.ts';

/** What a scene is made of. */
export interface Scene {
  readonly home: Home;
  readonly people: readonly Person[];
  readonly asking: boolean;
  readonly relays: readonly RelayStatus['state'][];
  readonly preferences: Partial<Preferences>;
  /** Messages of the long history of Grace. */
  readonly long: number;
}

/** The relay of everybody. */
export const RELAY = '/dns4/relay.garden.example/tcp/443/tls/ws/p2p/12D3KooWRelayOfTheGarden';

/** An open home. */
export const OPEN: Home = {
  state: 'open',
  reason: null,
  slots: { passphrase: true, keyring: false, keyFile: false },
  keyring: { available: false, backend: null, strong: false },
  shared: false,
  desktop: false,
};

/** The scene with everybody. */
export const EVERYBODY: Scene = { home: OPEN, people: PEOPLE, asking: true, relays: ['connected'], preferences: {}, long: 100_000 };

/** Many people with one message each. */
function manyPeople(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, i) => ({
    contact: contactOf(`many/${i}`, { petname: `Person ${String(i).padStart(4, '0')}` }),
    lines: [{ by: 'b', ago: i * 400_000, text: `Message of person ${i}` }] as const,
    unread: i % 9 === 0 ? (i % 40) + 1 : 0,
    warnings: [],
  }));
}

/** The first three, online, typing, and away since yesterday. */
const MOMENTS: readonly Partial<Person>[] = [
  { presence: { state: 'online', lastSeen: null } },
  { presence: { state: 'online', lastSeen: null }, types: true },
  { presence: { state: 'away', lastSeen: Math.floor((Date.now() - 24 * HOUR) / 300_000) * 300_000 } },
];

const NONE: Home = { ...OPEN, state: 'none', slots: { passphrase: false, keyring: false, keyFile: false } };
const KEYRING = { available: true, backend: 'gnome-libsecret', strong: true };

/** Every scene by name. */
export const SCENES: Readonly<Record<string, Scene>> = {
  everybody: EVERYBODY,
  many: { ...EVERYBODY, people: [...PEOPLE, ...manyPeople(2_000)] },
  moments: { ...EVERYBODY, people: PEOPLE.map((person, at) => ({ ...person, ...MOMENTS[at] })) },
  empty: { ...EVERYBODY, people: [], asking: false, relays: ['connected'] },
  asked: { ...EVERYBODY, people: [] },
  first: { ...EVERYBODY, home: NONE, people: [], asking: false, relays: [] },
  'first-desktop': { ...EVERYBODY, home: { ...NONE, desktop: true, keyring: KEYRING }, people: [], asking: false, relays: [] },
  locked: { ...EVERYBODY, home: { ...OPEN, state: 'locked' } },
  'locked-keyring': {
    ...EVERYBODY,
    home: { ...OPEN, state: 'locked', desktop: true, keyring: KEYRING, slots: { passphrase: true, keyring: true, keyFile: false } },
  },
  opening: { ...EVERYBODY, home: { ...OPEN, state: 'opening' } },
  failed: {
    ...EVERYBODY,
    home: { ...OPEN, state: 'failed', reason: 'STORE_DAMAGED' },
  },
  shared: { ...EVERYBODY, home: { ...OPEN, shared: true } },
  waiting: { ...EVERYBODY, relays: ['waiting'] },
  refused: { ...EVERYBODY, relays: ['refused'] },
  'no-relay': { ...EVERYBODY, relays: [] },
};
