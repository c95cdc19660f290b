// Real processes: Alice types, and Bob's terminal shows it; he asks who is here, and when she was.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openPeer } from '../../core/index.ts';
import { makeHome } from '../../core/peer/home.ts';
import { PRESENCE_STEP_MS } from '../../core/wire/limits.ts';
import { until, within } from '../support/net-wait.ts';
import { startRelayProcess } from '../support/relay-process.ts';
import { temporaryFolder } from '../support/store-files.ts';

const MAIN = fileURLToPath(new URL('../../core/cli/main.ts', import.meta.url));

/** `sotto` in a process of its own, and the lines it printed. */
function sotto(home: string, ...argv: readonly string[]): { readonly child: ChildProcess; readonly lines: string[] } {
  const child = spawn(process.execPath, [MAIN, ...argv, '--json', '--home', home], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines };
}

async function person(home: string, name: string, relay: string) {
  await makeHome(home, { name, passphrase: null });
  const peer = await openPeer({ home, passphrase: null, online: true });
  onTestFinished(() => peer.close());
  await peer.api.addRelay({ relay });
  return peer;
}

/** What `sotto who` says of the only contact. */
async function who(home: string): Promise<{ petname: string; state: string; lastSeen: number | null }> {
  const { child, lines } = sotto(home, 'who');
  await within(once(child, 'close'), 'sotto who', 30_000);
  return JSON.parse(lines[0] ?? '{}');
}

test('Bob’s terminal shows that Alice types, that she is here, and when she went', async () => {
  const relay = await startRelayProcess(temporaryFolder());
  const folder = temporaryFolder();
  const [aliceHome, bobHome] = [join(folder, 'alice'), join(folder, 'bob')];
  const alice = await person(aliceHome, 'Alice', relay.address);
  const bob = await person(bobHome, 'Bob', relay.address);
  const { link } = await bob.api.createInvite({ public: false, expiresInMs: 60_000 });
  await alice.api.addContact({ link, petname: 'bob' });
  await until(async () => (await bob.api.requests({})).length > 0, 'Alice asks');
  await bob.api.accept({ who: 'Alice', petname: 'alice' });
  await until(async () => (await alice.api.contacts({})).some(({ state }) => state === 'accepted'), 'Bob accepted');
  await bob.api.sync({ timeoutMs: 10_000 });
  await bob.close();

  const listening = sotto(bobHome, 'listen');
  await until(() => listening.lines.some((line) => line.includes('"ready"')), 'Bob listens', 30_000);
  const shows = (until: (ms: number) => boolean) =>
    listening.lines.map((line) => JSON.parse(line)).some((event) => event.event === 'typing' && until(event.until));
  await until(async () => {
    await alice.api.typing({ who: 'bob', active: true });
    return shows((ms) => ms > Date.now());
  }, 'Bob is shown that she types');
  await alice.api.typing({ who: 'bob', active: false });
  await until(() => shows((ms) => ms === 0), 'and that she stopped');

  expect(await who(bobHome)).toMatchObject({ petname: 'alice', state: 'online', lastSeen: null });
  await alice.close();
  const after = await who(bobHome);
  expect(after).toMatchObject({ petname: 'alice', state: 'away' });
  expect((after.lastSeen ?? 1) % PRESENCE_STEP_MS).toBe(0);
  expect(relay.output()).not.toContain('SIGNAL');
});
