// Slots of a log that somebody filled to the brim: every one arrives, and the relay never reads more than a page of them at a time.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { silentLog } from '../../core/base/log.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import { capabilityHash, logId } from '../../core/wire/capability.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { startRelay } from '../../relay/relay.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { until } from '../support/net-wait.ts';

/** More than two pages. */
const SLOTS = 200;
/** The most a relay may have in memory of them for one reader. */
const PAGE = 65;

test('a relay sends all slots of a log and reads them page by page', async () => {
  const data = await mkdtemp(join(tmpdir(), 'sotto-slots-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const pages: number[] = [];
  class CountingStore extends LevelRelayStore {
    override async slots(...asked: Parameters<LevelRelayStore['slots']>): ReturnType<LevelRelayStore['slots']> {
      const found = await super.slots(...asked);
      pages.push(found.length);
      return found;
    }
  }
  const store = new CountingStore({ location: join(data, 'store'), clock: systemClock });
  const relay = await startRelay({ data, listen: ['/ip4/127.0.0.1/tcp/0/ws'], open: true, log: silentLog, store });
  onTestFinished(() => relay.stop());
  const node = await createNode({ key: signingKey(), listen: [] });
  onTestFinished(() => node.stop());
  const line = await connectRelay(node, relay.addresses[0] ?? '', { clock: systemClock });

  const [nonce, read, append, manage] = [random(16), random(32), random(32), random(32)];
  const hashes = { read: capabilityHash(read), append: capabilityHash(append), manage: capabilityHash(manage) };
  const log = logId(nonce, hashes);
  await line.register(random(32), new Uint8Array(0));
  await line.createLog(nonce, hashes);
  const opened = await line.openLog({ log, read });
  if (!opened.ok) throw new Error(opened.refusal.name);
  const { handle } = opened.value;
  const readers = Array.from({ length: SLOTS }, () => random(32));
  await Promise.all(readers.map((reader) => line.putSlot(handle, reader, 2, random(4_000))));
  const lower = await line.putSlot(handle, readers[0] ?? random(32), 1, random(8));
  expect(lower.ok, 'a lower counter is no fault').toBe(true);

  const seen = new Set<string>();
  const sink = { entries: () => undefined, slot: ({ reader }: { reader: Uint8Array }) => void seen.add(hex(reader)) };
  const subscribed = await line.subscribe(handle, random(32), 0, chainStart(log), sink);
  expect(subscribed.ok && subscribed.value.slots).toBe(SLOTS);
  await until(() => seen.size === SLOTS, 'every slot arrives');
  expect(Math.max(...pages)).toBeLessThanOrEqual(PAGE);
});
