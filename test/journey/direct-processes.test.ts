// Real processes: a relay that is stopped and killed while two people talk on directly, and two `sotto` homes that never meet a relay.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findContact } from '../../core/peer/contacts.ts';
import { until, within } from '../support/net-wait.ts';
import { becomeContacts, type Person } from '../support/people.ts';
import { cast, sameOrder, say, settledOrder } from '../support/people-direct.ts';
import { rest } from '../support/people-verdict.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { temporaryFolder } from '../support/store-files.ts';

const MAIN = fileURLToPath(new URL('../../core/cli/main.ts', import.meta.url));

async function meet(address: string): Promise<{ readonly alice: Person; readonly bob: Person }> {
  const [alice, bob] = await Promise.all([cast('Alice', { listens: true }), cast('Bob', { listens: true })]);
  await Promise.all([alice.addRelay(address), bob.addRelay(address)]);
  await becomeContacts(alice, bob);
  for (const [person, who] of [
    [alice, 'Bob'],
    [bob, 'Alice'],
  ] as const) {
    const { root } = await findContact(person.engine.parts.store, who);
    await until(() => person.engine.direct?.standing(root) === 'done', `${person.name} reaches ${who} directly`);
  }
  return { alice, bob };
}

describe('a relay process', () => {
  it('that stands still takes nothing from a direct talk, and settles all of it when it goes on', async () => {
    const relay = await startRelayProcess(temporaryFolder());
    const { alice, bob } = await meet(relay.address);
    process.kill(relay.pid, 'SIGSTOP');
    await Promise.all([say(alice, 'Bob', 'a1', 'a2', 'a3'), say(bob, 'Alice', 'b1', 'b2', 'b3')]);
    await sameOrder(alice, bob, 6);
    expect((await bob.history('Alice')).every(({ provisional, seq }) => provisional && seq === null)).toBe(true);
    process.kill(relay.pid, 'SIGCONT');
    expect(await settledOrder(alice, 'Bob', 6)).toEqual(await settledOrder(bob, 'Alice', 6));
    await rest(alice, bob);
  });

  it('that is killed, and comes back, has every message once and in one order', async () => {
    const data = temporaryFolder();
    const relay = await startRelayProcess(data);
    const { alice, bob } = await meet(relay.address);
    await Promise.all([say(alice, 'Bob', 'a1'), say(bob, 'Alice', 'b1')]);
    await relay.end('SIGKILL');
    await Promise.all([say(alice, 'Bob', 'a2', 'a3'), say(bob, 'Alice', 'b2', 'b3')]);
    await sameOrder(alice, bob, 6);
    const listen = relay.address.replace(/\/p2p\/.*$/, '');
    await startRelayProcess(data, '--listen', listen);
    for (const { engine } of [alice, bob]) engine.online?.hub.hurry();
    expect(await settledOrder(alice, 'Bob', 6)).toEqual(await settledOrder(bob, 'Alice', 6));
    await rest(alice, bob);
    expect([await alice.warned(), await bob.warned()]).toEqual([[], []]);
  });
});

/** `sotto` in a process of its own. */
function spawnSotto(home: string, ...argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...argv, '--home', home], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

/** One command to its end; its lines as JSON, or as text where they are none. */
async function sotto(
  home: string,
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const child = spawnSotto(home, ...argv);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout?.on('data', (piece) => out.push(String(piece)));
  child.stderr?.on('data', (piece) => err.push(String(piece)));
  const [code] = (await within(once(child, 'close'), `sotto ${argv.join(' ')}`, 30_000)) as [number];
  return { code, out: out.join(''), err: err.join('') };
}

/** `sotto listen` at an address of loopback; resolves with the process once a line fits. */
function listening(home: string, ...argv: readonly string[]): { readonly child: ChildProcess; readonly lines: string[] } {
  const child = spawnSotto(home, 'listen', '--json', ...argv);
  const lines: string[] = [];
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines };
}

describe('two homes without any relay', () => {
  it('meet, talk both ways and keep one order, also after the one that listens was killed', async () => {
    const [alice, bob] = [`${temporaryFolder()}/alice`, `${temporaryFolder()}/bob`];
    await Promise.all([sotto(alice, 'init', '--name', 'Alice', '--no-passphrase'), sotto(bob, 'init', '--name', 'Bob', '--no-passphrase')]);
    const port = ['--listen', '/ip4/127.0.0.1/tcp/0/ws'];
    let his = listening(bob, ...port);
    await until(async () => (await sotto(bob, 'id', '--json')).out.includes('/tcp/'), 'Bob listens', 20_000);
    const invited = await sotto(bob, 'invite');
    expect(invited).toMatchObject({ code: 0 });
    expect(await sotto(alice, 'add', invited.out.trim(), '--as', 'Bob')).toMatchObject({ code: 0 });
    await until(() => his.lines.some((line) => line.includes('"request"')), 'Alice asks', 20_000);
    expect(await sotto(bob, 'accept', 'Alice')).toMatchObject({ code: 0 });
    const hers = listening(alice);
    await until(() => hers.lines.some((line) => line.includes('"accepted"')), 'Bob has accepted', 20_000);
    expect(await sotto(alice, 'send', 'Bob', 'hello from Alice')).toMatchObject({ code: 0 });
    expect(await sotto(bob, 'send', 'Alice', 'hello from Bob')).toMatchObject({ code: 0 });

    // Bob's process dies and comes back at the same address; what was said meanwhile waits at Alice's.
    const address = /"(\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws)/.exec((await sotto(bob, 'id', '--json')).out)?.[1] ?? '';
    his.child.kill('SIGKILL');
    await once(his.child, 'exit');
    expect((await sotto(alice, 'send', 'Bob', 'are you there?', '--no-wait')).code).toBe(0);
    his = listening(bob, '--listen', address);
    await until(() => his.lines.some((line) => line.includes('are you there?')), 'Bob is back and hears it', 30_000);

    const [read, his3] = await Promise.all([sotto(alice, 'read', 'Bob', '--json'), sotto(bob, 'read', 'Alice', '--json')]);
    const texts = ({ out }: { readonly out: string }) =>
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { text: string }).text);
    expect(texts(read)).toEqual(['hello from Alice', 'hello from Bob', 'are you there?']);
    expect(texts(his3)).toEqual(texts(read));
  }, 120_000);
});
