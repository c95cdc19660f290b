// Who may register: tokens with uses, an expiry and an end, a list of devices, and what guessing brings. A token is nowhere but in its line.
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { base64url, hex, unbase64url } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { RegisterSchema } from '../../core/wire/gen/relay_pb.ts';
import { listTokens, mintToken, noteUse, readToken, revokeToken, tokenHash } from '../../relay/admission/tokens.ts';
import { writeAddresses } from '../../relay/data.ts';
import { token as tokenCommand } from '../../relay/operator/token.ts';
import { relayParts, temporaryData } from '../support/relay-parts.ts';
import { refusalIn, refusedIn, type TestPeer, testLog } from '../support/relay-peer.ts';

const DAY = 86_400_000;
const empty = new Uint8Array(0);
let printed: string[] = [];

afterEach(() => vi.restoreAllMocks());

async function sottoRelay(...args: string[]): Promise<string> {
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await tokenCommand(args);
  } finally {
    vi.restoreAllMocks();
  }
  return printed.join('');
}

function register(peer: TestPeer, token: Uint8Array, registration: Uint8Array = random(32)) {
  return peer.say(FRAME.REGISTER, RegisterSchema, { registration, token });
}

async function devices(parts: Awaited<ReturnType<typeof relayParts>>, ...names: string[]): Promise<TestPeer[]> {
  const peers = names.map((name) => parts.join(name).peer);
  for (const peer of peers) await peer.hello();
  return peers;
}

test('of a token the relay keeps the hash, in a file that nobody else may read', async () => {
  const data = await temporaryData();
  const token = await mintToken(data);
  const [name = ''] = await readdir(join(data, 'tokens'));
  expect(name).toBe(hex(tokenHash(token)));
  expect((await stat(join(data, 'tokens', name))).mode & 0o777).toBe(0o600);
  const kept = await readFile(join(data, 'tokens', name), 'utf8');
  expect([kept.includes(base64url(token)), kept.includes(hex(token))]).toEqual([false, false]);
  expect(await readToken(data, hex(tokenHash(random(20))))).toBeNull();
});

test('an empty file is a token for ever; one that cannot be understood, or read, is none', async () => {
  const data = await temporaryData();
  const id = hex(tokenHash(await mintToken(data)));
  const path = join(data, 'tokens', id);
  await writeFile(path, '');
  expect(await readToken(data, id)).toMatchObject({ uses: null, expires: null, revoked: null });
  for (const text of ['{', '{"uses":-1}', '[]', '{"label":"","uses":"9","expires":null,"made":0,"revoked":null}', 'null']) {
    await writeFile(path, text);
    expect(await readToken(data, id), text).toBeNull();
  }
  await writeFile(path, '');
  await chmod(path, 0o700);
  expect(await listTokens(data)).toHaveLength(1);
});

test('a token for two lets two in, says so to the third, and a repeat costs no use', async () => {
  const parts = await relayParts({ open: false });
  const token = await mintToken(parts.data, { uses: 2 });
  const [alice, bob, carol] = (await devices(parts, 'alice', 'bob', 'carol')) as [TestPeer, TestPeer, TestPeer];
  const hers = random(32);
  for (let count = 0; count < 3; count += 1) expect((await register(alice, token, hers)).type).toBe(FRAME.DONE);
  expect((await register(bob, token)).type).toBe(FRAME.DONE);
  expect(refusedIn(await register(carol, token))).toMatchObject({ name: 'TOKEN', detail: expect.stringContaining('used') });
  await vi.waitUntil(async () => (await listTokens(parts.data))[0]?.used === 2);
});

test('of ten who come at once with a token for three, three get in', async () => {
  const parts = await relayParts({ open: false });
  const token = await mintToken(parts.data, { uses: 3 });
  const peers = await devices(parts, ...Array.from({ length: 10 }, (_, at) => `device ${at}`));
  const answers = await Promise.all(peers.map((peer) => register(peer, token)));
  expect(answers.filter(({ type }) => type === FRAME.DONE)).toHaveLength(3);
});

test('an expired token lets nobody in, and who is in stays', async () => {
  let now = 1_800_000_000_000;
  const parts = await relayParts({ open: false, clock: { ...systemClock, now: () => now } });
  const token = await mintToken(parts.data, { expires: now + DAY });
  const [alice, bob] = (await devices(parts, 'alice', 'bob')) as [TestPeer, TestPeer];
  const hers = random(32);
  await register(alice, token, hers);
  now += DAY;
  expect(refusalIn(await register(bob, token))).toBe('TOKEN');
  expect((await register(alice, empty, hers)).type).toBe(FRAME.DONE);
});

test('a revoked token lets nobody new in; with the accounts, those who are in lose what a registration may, also on a live connection', async () => {
  const parts = await relayParts({ open: false });
  const token = await mintToken(parts.data);
  const [alice, bob, carol] = (await devices(parts, 'alice', 'bob', 'carol')) as [TestPeer, TestPeer, TestPeer];
  const hers = random(32);
  await register(alice, token, hers);
  await register(carol, await mintToken(parts.data));
  const log = testLog();
  await alice.createLog(log);
  await revokeToken(parts.data, hex(tokenHash(token)), 'token');
  expect(refusalIn(await register(bob, token))).toBe('TOKEN');
  expect((await alice.createLog(testLog())).type).toBe(FRAME.DONE);
  await revokeToken(parts.data, hex(tokenHash(token)), 'accounts');
  expect(refusalIn(await alice.createLog(testLog()))).toBe('TOKEN');
  const [again] = (await devices(parts, 'alice')) as [TestPeer];
  expect(refusedIn(await register(again, empty, hers))).toMatchObject({ name: 'TOKEN', detail: expect.stringContaining('operator') });
  // What was accepted stays hers to read: a capability is a capability.
  const handle = await again.open(log);
  expect((await again.append(handle, random(40))).stamps).toHaveLength(1);
  expect((await carol.createLog(testLog())).type).toBe(FRAME.DONE);
});

test('by the list, whoever stands on it may register, from the moment it is edited and until it is edited again', async () => {
  const parts = await relayParts({ mode: 'allow-list' });
  const [alice, bob] = (await devices(parts, 'alice', 'bob')) as [TestPeer, TestPeer];
  expect(refusalIn(await register(alice, empty))).toBe('TOKEN');
  await writeFile(join(parts.data, 'allow-list'), '# who may\r\n alice  # her laptop\nbobby\n');
  expect((await register(alice, empty)).type).toBe(FRAME.DONE);
  expect(refusedIn(await register(bob, await mintToken(parts.data)))).toMatchObject({
    name: 'TOKEN',
    detail: expect.stringContaining('peer id'),
  });
  expect((await alice.createLog(testLog())).type).toBe(FRAME.DONE);
  await writeFile(join(parts.data, 'allow-list'), 'bob\n');
  expect(refusalIn(await alice.createLog(testLog()))).toBe('TOKEN');
});

test('guessing tokens ends after a few, with advice; another address and another device are not touched, and time gives guesses back', async () => {
  let passed = 0;
  const limits = { 'device-wrong-tokens': 3, 'address-wrong-tokens': 5, 'wrong-tokens-per-hour': 60 };
  const parts = await relayParts({ open: false, limits, clock: { ...systemClock, monotonic: () => passed } });
  const token = await mintToken(parts.data);
  const guesses = async (device: string, address: string | null, count: number) => {
    const { peer } = parts.join(device, address);
    await peer.hello();
    const names = [];
    for (let guess = 0; guess < count; guess += 1) names.push(refusalIn(await register(peer, random(20))));
    return { peer, names };
  };
  const { peer, names } = await guesses('mallory', '203.0.113.9', 5);
  expect(names).toEqual(['TOKEN', 'TOKEN', 'TOKEN', 'RATE', 'RATE']);
  const no = refusedIn(await register(peer, token));
  expect([no.name, Number(no.retryAfter)]).toEqual(['RATE', 60_000]);
  expect((await guesses('mallory in disguise', '203.0.113.9', 3)).names).toEqual(['TOKEN', 'TOKEN', 'RATE']);
  const alice = parts.join('alice', '198.51.100.1').peer;
  await alice.hello();
  expect((await register(alice, token)).type).toBe(FRAME.DONE);
  passed += 120_000;
  expect((await register(peer, token)).type).toBe(FRAME.DONE);
});

test('a device that comes back again and again with a token that is gone does not use up its neighbours’ guesses', async () => {
  const parts = await relayParts({ open: false, limits: { 'device-wrong-tokens': 2, 'address-wrong-tokens': 3 } });
  const [gone, good] = [random(20), await mintToken(parts.data)];
  for (let count = 0; count < 10; count += 1) {
    const { peer } = parts.join('alice', '203.0.113.9');
    await peer.hello();
    expect(refusalIn(await register(peer, gone))).toBe('TOKEN');
  }
  const neighbour = parts.join('bob', '203.0.113.9').peer;
  await neighbour.hello();
  expect((await register(neighbour, good)).type).toBe(FRAME.DONE);
});

test('what the list says of uses is what the store has counted, also after the relay was killed between the two', async () => {
  const parts = await relayParts({ open: false });
  const token = await mintToken(parts.data, { uses: 5, label: 'for Bob' });
  const [bob] = (await devices(parts, 'bob')) as [TestPeer];
  await register(bob, token);
  await vi.waitUntil(async () => (await listTokens(parts.data))[0]?.used === 1);
  await noteUse(parts.data, hex(tokenHash(token)), 0);
  await parts.shared.admission.noteAllUses();
  expect(await listTokens(parts.data)).toMatchObject([{ label: 'for Bob', uses: 5, used: 1 }]);
});

test('the operator creates, lists and revokes, and hears what becomes of whom', async () => {
  const data = await temporaryData();
  await expect(sottoRelay('--data', data)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await writeAddresses(data, ['/ip4/127.0.0.1/tcp/1/ws/p2p/X']);
  const line = await sottoRelay('--data', data);
  expect(line).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/1\/ws\/p2p\/X#[\w-]{27}\n$/);
  const made = JSON.parse(await sottoRelay('create', '--data', data, '--uses', '3', '--expires', '30d', '--label', 'Bob', '--json'));
  expect(made).toMatchObject({ uses: 3, label: 'Bob', expires: made.made + 30 * DAY });
  expect(hex(tokenHash(unbase64url(made.line.split('#')[1])))).toBe(made.id);
  await noteUse(data, made.id, 2);
  const list = await sottoRelay('list', '--data', data);
  expect(list).toMatch(new RegExp(`^${made.id.slice(0, 8)} +good +1 .* 2 +Bob$`, 'm'));
  expect(list).not.toContain(made.line.split('#')[1]);
  expect(await sottoRelay('revoke', made.id.slice(0, 8), '--data', data)).toMatch(
    /The 2 registrations made with it may go on.*--and-accounts/,
  );
  expect(await readToken(data, made.id)).toMatchObject({ revoked: 'token', uses: 3, label: 'Bob' });
  expect(await sottoRelay('revoke', made.id, '--and-accounts', '--data', data)).toContain('write nothing to the directory');
  // What was refused with the accounts stays so.
  await sottoRelay('revoke', made.id, '--data', data);
  expect(JSON.parse(await sottoRelay('list', '--json', '--data', data))[1]).toMatchObject({ state: 'revoked+accounts', left: 1 });
});

test.each([
  ['an unknown word', ['mint']],
  ['no id', ['revoke']],
  ['an id that is none', ['revoke', '../../key']],
  ['no uses at all', ['create', '--uses', '0']],
  ['a time of no unit', ['create', '--expires', '30']],
  ['a label with a control character', ['create', '--label', 'a\u001b[2J']],
  ['an option of another word', ['list', '--and-accounts']],
])('%s is wrong usage', async (_what, args) => {
  await expect(sottoRelay(...args, '--data', await temporaryData())).rejects.toMatchObject({ code: 'BAD_INPUT' });
});
