// Every command of `sotto` as Alice meets it, over a double of the engine, in this process.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SottoError } from '../../core/base/errors.ts';
import { aMessage, BOB, fakeEngine, sentTexts } from '../support/cli-engine.ts';
import { freshHome, sotto } from '../support/cli-run.ts';

const SECRET = { SOTTO_PASSPHRASE: 'correct horse' };

async function aliceAtHome(options: Parameters<typeof fakeEngine>[0] = {}) {
  const home = freshHome();
  const engine = fakeEngine(options);
  await engine.createHome(home, { name: 'Alice', passphrase: 'correct horse' });
  const run = (argv: string[], around: Parameters<typeof sotto>[2] = {}) =>
    sotto(engine, [...argv, '--home', home], { env: SECRET, ...around });
  const calls = (name: string) => engine.asked.filter((asked) => asked.name === name).map((asked) => asked.input);
  return { home, engine, run, calls };
}

describe('Alice and the moment', () => {
  test('sees who is here, or was, and who only claims a name stays marked', async () => {
    const { run, calls } = await aliceAtHome();
    const ran = await run(['who', 'bob']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^NAME +ACCOUNT +PRESENCE\nbob +\w{12} +away, last seen about 2026-/);
    expect(calls('watchPresence')).toEqual([{ who: BOB.account, forMs: 1 }]);
    expect((await run(['who', '--json'])).json).toMatchObject([{ account: BOB.account, state: 'away', lastSeen: 1_795_000_000_000 }]);
  });

  test('says what her device tells of itself, and is told what she may say', async () => {
    const { run, calls } = await aliceAtHome();
    expect((await run(['privacy'])).out).toBe('typing    on\npresence  on\n');
    const ran = await run(['privacy', '--presence', 'off']);
    expect(ran.out).toBe('typing    on\npresence  off: not told, and not shown either\n');
    expect(calls('setPrivacy')).toEqual([{ presence: false }]);
    expect(await run(['privacy', '--typing', 'maybe'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--typing takes on or off.'),
    });
  });
});

describe('Alice and who wakes her', () => {
  test('says where she is called, takes it back, and sees how it stands', async () => {
    const { run, calls } = await aliceAtHome();
    const url = 'https://push.example.org/up1';
    expect((await run(['wake', url, '--kind', 'unifiedpush'])).out).toBe(`unifiedpush  ${url}\nConversations: 0.\n`);
    expect((await run(['wake', '--off'])).out).toBe('Nobody calls.\nConversations: 0.\n');
    expect((await run(['wake', '--show', '--json'])).json).toMatchObject([{ endpoint: null, conversations: 0 }]);
    expect(calls('setWake')).toEqual([{ endpoint: { kind: 'unifiedpush', url } }, { endpoint: null }]);
    expect(await run(['wake', url, '--off'])).toMatchObject({ code: 2, err: expect.stringContaining('exclude each other') });
    expect(await run(['wake', url, '--kind', 'fax'])).toMatchObject({ code: 2, err: expect.stringContaining('--kind takes webhook') });
  });
});

describe('Alice makes her account', () => {
  test('with a passphrase typed twice, and is told what to do next', async () => {
    const home = freshHome();
    const ran = await sotto(fakeEngine(), ['init', '--name', ' Alice ', '--relay', '/ip4/127.0.0.1/tcp/1/ws', '--home', home], {
      typed: ['pw', 'pw'],
    });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('Made the account of Alice in');
    expect(ran.out).toContain('sotto invite');
    expect(JSON.parse(readFileSync(join(home, 'fake.json'), 'utf8'))).toEqual({ name: 'Alice', passphrase: 'pw' });
  });

  test('not with two passphrases that differ, an empty one, or none at all', async () => {
    const home = freshHome();
    const init = (around: Parameters<typeof sotto>[2]) => sotto(fakeEngine(), ['init', '--name', 'Alice', '--home', home], around);
    expect(await init({ typed: ['pw', 'px'] })).toMatchObject({ code: 1, err: 'sotto: The two passphrases are not the same.\n' });
    expect(await init({ typed: [''] })).toMatchObject({ code: 1 });
    expect((await init({})).err).toContain('A new home needs a passphrase');
    expect(existsSync(home)).toBe(false);
  });

  test('without a passphrase, and is told what that means', async () => {
    const ran = await sotto(fakeEngine(), ['init', '--name', 'Alice', '--no-passphrase', '--home', freshHome()]);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('Without a passphrase, whoever can read the files');
  });

  test('and hears which relay did not take her, without its token', async () => {
    const home = freshHome();
    const engine = fakeEngine({
      onCall: (name) => {
        if (name === 'addRelay') throw new SottoError('REFUSED', 'The token is used up.');
      },
    });
    const ran = await sotto(engine, ['init', '--name', 'Alice', '--relay', '/ip4/127.0.0.1/tcp/1/ws#TOKEN', '--home', home, '--json'], {
      env: SECRET,
    });
    expect(ran.code).toBe(1);
    expect(ran.json).toMatchObject([{ name: 'Alice' }]);
    expect(JSON.parse(ran.err)).toMatchObject({ error: { code: 'REFUSED', message: expect.stringContaining('The token is used up.') } });
    expect(ran.err).not.toContain('TOKEN');
    expect(engine.homeExists(home)).toBe(true);
  });

  test('not twice', async () => {
    const { run } = await aliceAtHome();
    expect(await run(['init', '--name', 'Alice'])).toMatchObject({ code: 1, err: expect.stringContaining('an account in') });
  });

  test('with an unusable name it is wrong usage', async () => {
    expect(await sotto(fakeEngine(), ['init', '--name', '  ', '--home', freshHome()])).toMatchObject({ code: 2 });
  });
});

describe('the passphrase', () => {
  test('comes from a file, without its line end', async () => {
    const { run, home } = await aliceAtHome();
    const file = join(home, '..', 'pass');
    writeFileSync(file, 'correct horse\n');
    expect((await run(['id', '--passphrase-file', file], { env: {} })).code).toBe(0);
    writeFileSync(file, '');
    expect((await run(['id', '--passphrase-file', file], { env: {} })).err).toBe('sotto: The passphrase file is empty.\n');
    expect((await run(['id', '--passphrase-file', join(home, 'none')], { env: {} })).err).toBe(
      'sotto: The passphrase file cannot be read.\n',
    );
  });

  test('may be mistyped twice at a prompt, not three times', async () => {
    const { run } = await aliceAtHome();
    expect(await run(['id'], { env: {}, typed: ['a', 'b', 'correct horse'] })).toMatchObject({
      code: 0,
      err: 'That is not it.\nThat is not it.\n',
    });
    expect(await run(['id'], { env: {}, typed: ['a', 'b', 'c'] })).toMatchObject({
      code: 1,
      err: expect.stringContaining('The passphrase is wrong.'),
    });
  });

  test('is not asked for again when it was given and wrong', async () => {
    const { run } = await aliceAtHome();
    expect(await run(['id'], { env: { SOTTO_PASSPHRASE: 'no' }, typed: ['correct horse'] })).toMatchObject({
      code: 1,
      err: 'sotto: The passphrase is wrong.\n',
    });
  });

  test('that nobody can give is a clear failure', async () => {
    const { run } = await aliceAtHome();
    const ran = await run(['id', '--json'], { env: {} });
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse(ran.err)).toMatchObject({ error: { code: 'BAD_INPUT', message: expect.stringContaining('SOTTO_PASSPHRASE') } });
  });
});

describe('Alice sends', () => {
  test('words as one text, and hears what became of it', async () => {
    const { run, home } = await aliceAtHome({ settlesAs: 'delivered' });
    expect(await run(['send', 'bob', 'Hello', 'Bob'])).toMatchObject({ code: 0, out: 'delivered\n', err: '' });
    expect(sentTexts(home)).toEqual(['Hello Bob']);
  });

  test('every line of standard input in its order, whatever the size', async () => {
    const { run, home } = await aliceAtHome();
    const lines = Array.from({ length: 3_000 }, (_, at) => `line ${at} ${'ß'.repeat(at % 50)} 🙂`);
    const ran = await run(['send', 'bob', '--stdin', '--json'], { stdin: `${lines.join('\n')}` });
    expect(ran.code).toBe(0);
    expect(sentTexts(home)).toEqual(lines);
    expect(ran.json.map((message) => message.text)).toEqual(lines);
    expect(ran.json[0]).toMatchObject({ direction: 'out', state: 'stored', seq: 1 });
  });

  test('a line however its end is written, and no empty ones', async () => {
    const { run, home } = await aliceAtHome();
    const ran = await run(['send', 'bob', '--stdin'], { stdin: 'one\r\n\n\r\n two \nthree' });
    expect(ran).toMatchObject({ code: 0, out: '3 messages: 3 stored\n' });
    expect(sentTexts(home)).toEqual(['one', ' two ', 'three']);
  });

  test('nothing that is not text; what stood before it went out', async () => {
    const { run, home } = await aliceAtHome();
    const ran = await run(['send', 'bob', '--stdin'], {
      stdin: Buffer.concat([Buffer.from('good\n'), Buffer.from([0xff, 0x0a]), Buffer.from('later\n')]),
    });
    expect(ran).toMatchObject({ code: 1, err: 'sotto: Line 2 is not UTF-8. 1 message before it went out.\n' });
    expect(sentTexts(home)).toEqual(['good']);
  });

  test('no line that is too long, and never holds one in memory', async () => {
    const { run } = await aliceAtHome();
    const endless = (async function* () {
      for (;;) yield Buffer.alloc(65_536, 'x');
    })();
    expect(await run(['send', 'bob', '--stdin'], { stdin: endless })).toMatchObject({
      code: 1,
      err: 'sotto: Line 1 is longer than 65536 bytes.\n',
    });
  });

  test('without waiting, into the outbox only, and without the network', async () => {
    const { run, home, calls } = await aliceAtHome();
    expect(await run(['send', 'bob', 'Hi', '--no-wait'])).toMatchObject({ code: 0, out: 'queued\n' });
    expect(sentTexts(home)).toEqual(['Hi']);
    expect([calls('settled'), calls('goOnline')]).toEqual([[], []]);
  });

  test('and is told when it fails, or is still in the outbox when the time is over', async () => {
    const failing = await aliceAtHome({ settlesAs: 'failed' });
    expect(await failing.run(['send', 'bob', 'Hi'])).toMatchObject({
      code: 1,
      err: 'sotto: 1 message failed: The disk of the relay is full.\n',
    });
    const offline = await aliceAtHome({ settlesAs: 'queued' });
    const ran = await offline.run(['send', 'bob', 'Hi', '--timeout', '0', '--json']);
    expect(ran.code).toBe(1);
    expect(ran.json).toMatchObject([{ text: 'Hi', state: 'queued', seq: null }]);
    expect(JSON.parse(ran.err)).toMatchObject({ error: { code: 'TIMEOUT' } });
  });

  test('to nobody: it says so', async () => {
    const { run } = await aliceAtHome();
    expect(await run(['send', 'carol', 'Hi'])).toMatchObject({ code: 1, err: 'sotto: There is nobody of that name.\n' });
  });

  test('nothing at all, or twice: wrong usage', async () => {
    const { run } = await aliceAtHome();
    expect(await run(['send', 'bob'])).toMatchObject({ code: 2, err: expect.stringContaining('usage: sotto send WHO [TEXT…]') });
    expect(await run(['send', 'bob', 'Hi', '--stdin'])).toMatchObject({ code: 2 });
  });

  test('and is interrupted: the home is let go', async () => {
    const stop = new AbortController();
    const { run, home } = await aliceAtHome({ settleMs: 60_000, onCall: (name) => name === 'settled' && stop.abort('SIGINT') });
    expect(await run(['send', 'bob', 'Hi'], { stop: stop.signal })).toMatchObject({ code: 1, err: expect.stringContaining('Interrupted') });
    expect(existsSync(join(home, 'LOCK'))).toBe(false);
    expect(existsSync(join(home, 'sotto.sock'))).toBe(false);
  });
});

describe('Alice reads', () => {
  const history = Array.from({ length: 250 }, (_, at) =>
    aMessage({ id: at.toString(16).padStart(32, '0'), text: `message ${at}`, seq: at + 1 }),
  );

  test('the newest messages, oldest first, and marks them read', async () => {
    const { run, calls } = await aliceAtHome({ history });
    const ran = await run(['read', 'bob', '--limit', '3']);
    expect(ran.code).toBe(0);
    expect(ran.out).toBe(
      'bob  b0b000000000  accepted\nearlier: sotto read bob --before 247\n\nSaturday 2026-11-21\n' +
        ' 14:05  bob  message 247\n 14:05  bob  message 248\n 14:05  bob  message 249\n',
    );
    expect(calls('markRead')).toEqual([{ who: 'bob', upTo: (249).toString(16).padStart(32, '0') }]);
    expect(calls('goOnline')).toEqual([]);
  });

  test('more than one page of the engine, page after page, each once', async () => {
    const { run } = await aliceAtHome({ history });
    const first = await run(['read', 'bob', '--limit', '150', '--json']);
    expect(first.json.map((message) => message.text)).toEqual(history.slice(100).map((message) => message.text));
    const { before } = JSON.parse(first.err);
    const second = await run(['read', 'bob', '--limit', '150', '--json', '--before', before]);
    expect(second.json.map((message) => message.text)).toEqual(history.slice(0, 100).map((message) => message.text));
    expect(second.err).toBe('');
  });

  test('without marking anything when she only peeks', async () => {
    const { run, calls } = await aliceAtHome({ history });
    await run(['read', 'bob', '--peek']);
    expect(calls('markRead')).toEqual([]);
  });

  test('older pages without saying that the new ones were read', async () => {
    const { run, calls } = await aliceAtHome({ history });
    await run(['read', 'bob', '--before', '100']);
    expect(calls('markRead')).toEqual([]);
  });

  test('what a contact wrote without obeying it', async () => {
    const { run } = await aliceAtHome({ history: [aMessage({ text: '\u001b[2J\u001b]52;c;cm0gLXJm\u0007' })] });
    const ran = await run(['read', 'bob']);
    expect(ran.out).not.toMatch(/(?!\n)\p{Cc}/u);
    expect((await run(['read', 'bob', '--json'])).json[0]?.text).toBe('\u001b[2J\u001b]52;c;cm0gLXJm\u0007');
  });
});

describe('Alice listens', () => {
  test('and gets one line per event until she stops', async () => {
    const stop = new AbortController();
    const { run, engine, home } = await aliceAtHome();
    const seen: string[] = [];
    const ran = await run(['listen', '--json', '--lan', '--listen', '/ip4/127.0.0.1/tcp/0/ws'], {
      stop: stop.signal,
      onOut: (line) => {
        seen.push(line);
        if (line.includes('"ready"')) engine.emit({ event: 'message', message: aMessage({ text: 'Hi\u009b' }) });
        if (line.includes('"message"')) engine.emit({ event: 'request', contact: BOB });
        if (line.includes('"request"')) stop.abort('SIGTERM');
      },
    });
    expect(ran.code).toBe(0);
    expect(ran.json).toMatchObject([
      { event: 'ready', peerId: '12D3KooWAlice', addresses: [] },
      { event: 'message', message: { text: 'Hi\u009b', direction: 'in' } },
      { event: 'request', contact: { claimedName: 'Bob' } },
    ]);
    expect(ran.out).not.toContain('\u009b');
    expect(engine.asked[0]).toEqual({ name: 'openPeer', input: { listen: ['/ip4/127.0.0.1/tcp/0/ws'], lan: true, online: false } });
    expect(existsSync(join(home, 'LOCK'))).toBe(false);
  });

  test('and reads events as plain lines with names', async () => {
    const stop = new AbortController();
    const { run, engine } = await aliceAtHome();
    const running = run(['listen'], { stop: stop.signal, onOut: (line) => line.includes('verified') && stop.abort('SIGINT') });
    const waitFor = async (name: string) => {
      while (!engine.asked.some((asked) => asked.name === name)) await new Promise((resolve) => setImmediate(resolve));
    };
    await waitFor('identity');
    engine.emit({ event: 'message', message: aMessage({ text: 'two\nlines' }) });
    engine.emit({ event: 'state', message: aMessage({ direction: 'out', text: 'Hi', state: 'read' }) });
    engine.emit({ event: 'warning', warning: { kind: 'fork', conversation: null, text: 'Two histories.', at: aMessage().sentAt } });
    engine.emit({ event: 'contact', contact: { ...BOB, verified: true } });
    const ran = await running;
    expect(ran.out).toBe(
      '14:05  bob: two ⏎ lines\n14:05  you to bob, read: Hi\n! 2026-11-21 14:05  fork: Two histories.\nbob (b0b000000000): accepted, verified\n',
    );
    expect(ran.err).toContain('Listening as Alice (a11ce0000000)');
  });
});

test('Alice is told who types only if she asks for it, and once', async () => {
  for (const [flags, lines] of [
    [[], ''],
    [['--signals'], 'bob is typing\nbob stopped typing\n'],
  ] as const) {
    const stop = new AbortController();
    const { run, engine } = await aliceAtHome();
    const running = run(['listen', ...flags], { stop: stop.signal, onOut: (line) => line.includes('verified') && stop.abort('SIGINT') });
    while (!engine.asked.some((asked) => asked.name === 'identity')) await new Promise((resolve) => setImmediate(resolve));
    const { conversation } = aMessage();
    for (const until of [2_000, 5_000, 0]) engine.emit({ event: 'typing', conversation, contact: BOB.account, until });
    engine.emit({ event: 'contact', contact: { ...BOB, verified: true } });
    expect((await running).out).toBe(`${lines}bob (b0b000000000): accepted, verified\n`);
  }
});

describe('the other commands', () => {
  test('an invite link stands alone on stdout', async () => {
    const { run, calls } = await aliceAtHome();
    const ran = await run(['invite', '--public', '--expires', '2d']);
    expect(ran).toMatchObject({ code: 0, out: 'sotto:invite/abc\n', err: expect.stringContaining('For many people, until ') });
    expect(calls('createInvite')).toEqual([{ public: true, expiresInMs: 172_800_000 }]);
  });

  test('a safety number is shown in twelve groups of five, and can be marked', async () => {
    const { run, calls } = await aliceAtHome();
    const ran = await run(['verify', 'bob', '--mark']);
    expect(ran.out.match(/\b\d{5}\b/g)).toHaveLength(12);
    expect(calls('setVerified')).toEqual([{ who: 'bob', verified: true }]);
  });

  test('a recovery file is new, private, and its code shown once', async () => {
    const { run, home, calls } = await aliceAtHome();
    const file = join(home, '..', 'recovery');
    const ran = await run(['recovery', file]);
    expect(ran.out).toContain('ABCD-EFGH');
    expect(readFileSync(file, 'utf8')).toBe('sealed root key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run(['recovery', file])).toMatchObject({ code: 1, err: expect.stringContaining('is not overwritten') });
    expect(calls('recovery')).toHaveLength(1);
  });

  test('a recovery file that could not be made is not left behind', async () => {
    const { run, home } = await aliceAtHome();
    const file = join(home, '..', 'recovery');
    expect((await run(['recovery', file], { env: { SOTTO_PASSPHRASE: 'wrong' } })).code).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    [['id'], 'a11ce'],
    [['contacts'], 'bob   b0b000000000  accepted'],
    [['conversations'], 'bob'],
    [['requests', '--offline'], 'Nobody asks.'],
    [['invites'], 'No invites.'],
    [['relays'], 'connected'],
    [['warnings'], 'No warnings.'],
    [['sync'], 'Received 0, sent 0.'],
    [['add', 'sotto:invite/abc', '--as', 'bob'], 'once they accept'],
    [['accept', 'bob'], 'accepted'],
    [['reject', 'bob'], 'Turned down.'],
    [['block', 'bob'], 'nothing more is taken'],
    [['unblock', 'bob'], 'no longer blocked'],
    [['revoke', 'sotto:invite/abc'], 'Revoked.'],
    [['relay', 'add', '/ip4/127.0.0.1/tcp/2/ws'], 'connected'],
    [['relay', 'remove', '/ip4/127.0.0.1/tcp/2/ws'], 'Removed.'],
    [['resend', '1d'.repeat(16), '--no-wait'], 'queued'],
  ])('%j says what it did, to a person and as JSON', async (argv, words) => {
    const { run, home } = await aliceAtHome();
    expect(await run(argv)).toMatchObject({ code: 0, out: expect.stringContaining(words), err: '' });
    const ran = await run([...argv, '--json']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    for (const line of ran.json) expect(line).toBeTypeOf('object');
    expect(existsSync(join(home, 'LOCK'))).toBe(false);
  });

  test('a name that somebody claims is marked and cannot forge a row', async () => {
    const contact = { ...BOB, petname: null, claimedName: 'alice\nroot  000000', state: 'asking' } as const;
    const { run } = await aliceAtHome({ requests: [{ contact, at: aMessage().sentAt }] });
    expect((await run(['requests', '--offline'])).out).toContain('~alice ⏎ root  000000  b0b000000000  2026-11-21 14:05\n');
  });

  test('a fault of ours tells its kind and place and none of the words it was about', async () => {
    const { run } = await aliceAtHome({
      onCall: () => {
        throw new TypeError('secret words');
      },
    });
    const ran = await run(['id']);
    expect(ran.err).toMatch(/^sotto: Something inside Sotto is wrong; please report it\. \(TypeError/);
    expect(ran.err).not.toContain('secret');
  });

  test('half a command, an unknown one and help for one', async () => {
    const { run } = await aliceAtHome();
    expect(await run(['relay'])).toMatchObject({ code: 2, err: expect.stringContaining('usage: sotto relay remove RELAY') });
    expect(await run(['sned'])).toMatchObject({ code: 2, err: expect.stringContaining('there is no command "sned"') });
    const help = await sotto(fakeEngine(), ['help', 'send']);
    expect(help).toMatchObject({ code: 0, out: (await sotto(fakeEngine(), ['send', '--help'])).out });
  });

  test('a closed stdout ends a command quietly', async () => {
    const stop = new AbortController();
    const { run } = await aliceAtHome({ onCall: (name) => name === 'sync' && stop.abort('EPIPE') });
    expect(await run(['sync'], { stop: stop.signal })).toMatchObject({ code: 0, err: '' });
  });
});
