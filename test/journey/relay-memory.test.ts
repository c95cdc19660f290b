// What a reader that stands still costs the relay, as a process: its memory is looked at, so nothing else runs beside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { temporaryData } from '../support/relay-parts.ts';
import { inTime, testLog } from '../support/relay-peer.ts';
import { connectDevice, startRelayProcess } from '../support/relay-process.ts';

const READER = fileURLToPath(new URL('../support/relay-stopping-reader.ts', import.meta.url));

test('a reader stopped by SIGSTOP with a hundred late logs costs the relay little memory, nobody else notices, and it goes on when it wakes', async () => {
  const relay = await startRelayProcess(await temporaryData());
  const { peer } = await connectDevice(relay.address);
  await peer.greet();
  const logs = Array.from({ length: 100 }, testLog);
  for (const log of logs) {
    await peer.createLog(log);
    const handle = await peer.open(log);
    await peer.append(handle, ...Array.from({ length: 10 }, () => random(100_000)));
  }
  const other = testLog();
  await peer.createLog(other);
  const others = await peer.open(other);
  const names = logs.map(({ id, capabilities }) => `${hex(id)}:${hex(capabilities.read)}`);
  const before = await relay.memory();
  const reader = spawn(process.execPath, [READER, relay.address, '1000', ...names], { stdio: 'inherit' });
  const gone = once(reader, 'exit');
  onTestFinished(async () => {
    reader.kill('SIGKILL');
    await gone;
  });
  await expect.poll(() => state(reader.pid ?? 0), { timeout: 20_000 }).toBe('T');
  let most = 0;
  for (let time = 0; time < 20; time += 1) {
    expect((await peer.append(others, random(1_000))).stamps).toHaveLength(1);
    most = Math.max(most, await relay.memory());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // Without a bound, a window for each of the hundred logs would be 100 MB.
  expect(most - before).toBeLessThan(40_000_000);
  reader.kill('SIGCONT');
  expect(await inTime(gone, 20_000)).toEqual([0, null]);
});

async function state(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /State:\s+(\w)/.exec(status)?.[1] ?? '';
}
