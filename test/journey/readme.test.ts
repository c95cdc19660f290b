// The README's conversation by hand, typed as it stands there, against a relay started as it says. Only folders and the port differ.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT, shellBlocks } from '../support/readme.ts';

const run = promisify(execFile);
/** How long one line may take, ms. */
const PATIENCE_MS = 60_000;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Starts a line of the README that stays, as a process of its own. */
function start(line: string): ChildProcess {
  const child = spawn('sh', ['-c', `exec ${line}`], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
    }
  });
  return child;
}

/** The first address among the lines a relay prints. */
async function addressOf(relay: ChildProcess): Promise<string> {
  if (relay.stdout === null) throw new Error('the relay has no output');
  for await (const line of createInterface({ input: relay.stdout })) {
    const address = /^ +(\/\S+\/p2p\/\w+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the relay ended without an address');
}

test('the conversation by hand works, line by line', async () => {
  const folder = await temporaryFolder();
  const here = (text: string) => text.replaceAll('/tmp/sotto-try', folder);
  const [relayBlock, conversation] = shellBlocks().filter(({ heading }) => heading === 'A conversation by hand');
  const relay = start(`${here(relayBlock?.lines[0] ?? '')} --listen /ip4/127.0.0.1/tcp/0/ws`);
  const address = await addressOf(relay);
  const [settings = '', ...lines] = conversation?.lines ?? [];
  expect(lines).toHaveLength(5);
  expect(settings).toMatch(/ RELAY=\/ip4\/127\.0\.0\.1\/tcp\/7460\/ws\/p2p\/12D3KooW… /);
  const before = here(settings).replace(/RELAY=\S+/, `RELAY=${address}`);
  const outputs: string[] = [];
  for (const line of lines) {
    const { stdout } = await run('sh', ['-ec', `${before}\n${here(line)}`], { cwd: ROOT, timeout: PATIENCE_MS });
    outputs.push(stdout);
  }
  expect(outputs[0]).toMatch(/Made the account of Alice[\s\S]*Made the account of Bob/);
  expect(outputs[1]).toMatch(/The request is made/);
  expect(outputs[2]).toMatch(/~Bob[\s\S]*accepted/);
  expect(outputs[3]).toBe('stored\n');
  expect(outputs[4]).toMatch(/^Received 1, sent 0\.\nalice [\s\S]*alice {2}Hello Bob, are you there\?$/m);
});

test('a relay for others asks for a token, and the line its operator hands out lets one device in', async () => {
  const folder = await temporaryFolder();
  const here = (text: string) => text.replaceAll('DIR', join(folder, 'relay'));
  const [block] = shellBlocks().filter(({ heading }) => heading === 'Running a relay');
  const [runLine = '', tokenLine = ''] = block?.lines ?? [];
  expect(runLine).toContain('--listen /ip4/0.0.0.0/tcp/7460/ws --announce /dns4/relay.example.org/tcp/7460/ws');
  const local = here(runLine).replace(/--listen .*$/, '--listen /ip4/127.0.0.1/tcp/0/ws --closed');
  await addressOf(start(local));
  const handedOut = async () => (await run('sh', ['-ec', here(tokenLine)], { cwd: ROOT, timeout: PATIENCE_MS })).stdout.trim();
  const line = await handedOut();
  expect(line).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3KooW\w+#[\w-]+$/);
  const init = (home: string, relay: string) =>
    run(join(ROOT, 'sotto'), ['init', '--home', join(folder, home), '--name', home, '--relay', relay], {
      cwd: ROOT,
      timeout: PATIENCE_MS,
      env: { ...process.env, SOTTO_PASSPHRASE: 'only-to-try' },
    });
  expect((await init('Alice', line)).stdout).toMatch(/ connected$/m);
  await expect(init('Bob', line.replace(/#.*$/, ''))).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/not registered/) });
  expect((await init('Carol', await handedOut())).stdout).toMatch(/ connected$/m);
});
