// The peer's own relay client against a real relay over real sockets: every request there is, both sides as they ship.
import { expect, onTestFinished, test } from 'vitest';
import { concat } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { silentLog } from '../../core/base/log.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { Answer, Entry, RelayConnection, SlotPush } from '../../core/net/relay-connection.ts';
import { capabilityHash, directoryAddress, readerId } from '../../core/wire/capability.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { type Relay, startRelay } from '../../relay/relay.ts';
import { temporaryData } from '../support/relay-parts.ts';
import { type TestLog, testLog } from '../support/relay-peer.ts';
import { manifestOf, preKeysOf } from '../support/relay-prekeys.ts';

async function relayHere(): Promise<Relay> {
  const relay = await startRelay({ data: await temporaryData(), listen: ['/ip4/127.0.0.1/tcp/0/ws'], open: true, log: silentLog });
  onTestFinished(() => relay.stop());
  return relay;
}

async function connected(relay: Relay): Promise<RelayConnection> {
  const node = await createNode({ key: signingKey(), listen: [] });
  onTestFinished(() => node.stop());
  const connection = await connectRelay(node, relay.addresses[0] ?? '', { clock: systemClock });
  yes(await connection.register(random(32), new Uint8Array(0)));
  return connection;
}

function yes<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(answer.refusal.name);
  return answer.value;
}

function no(answer: Answer<unknown>): string {
  return answer.ok ? 'yes' : answer.refusal.name;
}

async function create(connection: RelayConnection, log: TestLog): Promise<number> {
  const { read, append, manage } = log.capabilities;
  const hashes = { read: capabilityHash(read), append: capabilityHash(append), manage: capabilityHash(manage) };
  yes(await connection.createLog(log.nonce, hashes));
  return yes(await connection.openLog({ log: log.id, read, append, manage })).handle;
}

test('Alice writes, Bob reads late and live with a chain that agrees, slots cross, and the cursor is kept', async () => {
  const relay = await relayHere();
  const [alice, bob] = [await connected(relay), await connected(relay)];
  expect(alice.terms.open).toBe(true);
  const log = testLog();
  const writes = await create(alice, log);
  const reads = yes(await bob.openLog({ log: log.id, read: log.capabilities.read })).handle;
  const first = await alice.append(writes, [random(700), random(700)]);
  const [entries, slots]: [Entry[], SlotPush[]] = [[], []];
  const reader = random(32);
  const sink = {
    entries: (run: { entries: readonly Entry[] }) => void entries.push(...run.entries),
    slot: (slot: SlotPush) => void slots.push(slot),
  };
  const subscribed = yes(await bob.subscribe(reads, reader, 0, chainStart(log.id), sink));
  expect(subscribed).toMatchObject({ floor: 0, cursor: 0, head: { seq: 2, chain: first.stamps[1]?.chain } });
  const second = await alice.append(writes, [random(700)]);
  yes(await alice.putSlot(writes, reader, 1, random(60)));
  await expect.poll(() => [entries.length, slots.length]).toEqual([3, 1]);
  const chain = entries.reduce((last, { seq, time, envelope }) => chainNext(last, seq, time, envelopeId(envelope)), chainStart(log.id));
  expect(chain).toEqual(second.stamps[0]?.chain);
  expect(slots[0]?.reader).toEqual(readerId(reader));
  bob.ack(reads, 3);
  expect(yes(await bob.head(reads, 0))).toMatchObject({ seq: 3, chain });
  const again = yes(await bob.openLog({ log: log.id, read: log.capabilities.read })).handle;
  await expect
    .poll(async () => {
      const other = yes(await bob.openLog({ log: log.id, read: log.capabilities.read })).handle;
      return yes(await bob.subscribe(other, reader, 3, chain, sink)).cursor;
    })
    .toBe(3);
  expect(no(await bob.subscribe(again, reader, 9, chain, sink))).toBe('AHEAD');
  expect(no(await bob.subscribe(again, reader, 3, random(32), sink))).toBe('FORK');
});

test('Bob finds Alice through her link: manifest, prekeys, a request into her inbox, until she revokes it', async () => {
  const relay = await relayHere();
  const [alice, bob] = [await connected(relay), await connected(relay)];
  const inbox = testLog();
  const handle = await create(alice, inbox);
  const writer = signingKey();
  const address = directoryAddress(writer.publicKey);
  const contact = random(32);
  const manifest = manifestOf(writer, 1, random(300));
  yes(await alice.putManifest({ ...manifest, ...bytesOf(manifest), version: 1 }));
  yes(await alice.putPreKeys(preKeysOf(writer, 1, 30, contact)));
  const link = random(32);
  const terms = { expires: Date.now() + 60_000, entries: 2, entryBytes: 2_000, singleUse: true, directory: address };
  yes(await alice.putLink(handle, { ...terms, linkHash: capabilityHash(link) }));
  expect(yes(await bob.getManifest({ link })).sealed).toEqual(manifest.sealed);
  expect(yes(await bob.takePreKeys({ link }, 0))).toHaveLength(1);
  expect(yes(await bob.takePreKeys({ address, contact }, 1))).toHaveLength(1);
  expect(yes(await alice.countPreKeys(address, 1))).toMatchObject({ oneTime: 28, counter: 1 });
  const request = random(1_000);
  const inboxOfAlice = yes(await bob.openLog({ link })).handle;
  expect((await bob.append(inboxOfAlice, [request])).stamps).toHaveLength(1);
  expect((await bob.append(inboxOfAlice, [request])).stamps).toHaveLength(1);
  expect((await bob.append(inboxOfAlice, [random(1_000)])).refusal).not.toBeNull();
  yes(await alice.revokeLink(handle, capabilityHash(link)));
  expect(no(await bob.openLog({ link }))).toBe('NOT_FOUND');
  yes(await alice.setReaders(handle, [readerId(random(32))]));
  yes(await alice.closeLog(handle));
  expect((await alice.append(handle, [random(20)])).refusal?.name).toBe('CLOSED');
  yes(await alice.closeHandle(handle));
});

function bytesOf(manifest: { writer: Uint8Array; sealed: Uint8Array; signature: Uint8Array }) {
  return { writer: concat(manifest.writer), sealed: concat(manifest.sealed), signature: concat(manifest.signature) };
}
