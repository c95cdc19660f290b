// Blobs against a real relay that is killed, cut off, filled up and lied to: what it said it has it has, and nothing broken is ever served.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { putBlob } from '../../core/net/blob-client.ts';
import { sendHead } from '../../core/net/blob-stream.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { GetBlobSchema } from '../../core/wire/gen/blob_pb.ts';
import { encode } from '../../core/wire/proto.ts';
import { announce, blobDevice, getRaw, lineOver, nextWord, piecesOf, putWhole, temporaryFolder, testBlob } from '../support/blobs.ts';
import { startRelayProcess } from '../support/relay-process.ts';

const MIB = 1_048_576;

/** Sends some bytes, and waits until the relay must have them. */
async function sendSome(stream: Awaited<ReturnType<typeof announce>>['stream'], bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for await (const piece of piecesOf(bytes, 0)) if (!stream.send(piece)) await stream.drained();
  await stream.flushed();
}

/** Announces until nobody else is putting it any more. */
async function announceAgain(connection: Awaited<ReturnType<typeof blobDevice>>, blob: ReturnType<typeof testBlob>) {
  for (;;) {
    const next = await announce(connection, blob);
    if (next.word !== 'BUSY') return next;
    await next.stream.close();
  }
}

test('what was put comes back, from any offset, to whoever knows the address; nobody else', async () => {
  const relay = await startRelayProcess(await temporaryFolder());
  const [alice, bob] = [await blobDevice(relay.address), await blobDevice(relay.address, false)];
  const blob = testBlob(3 * MIB + 17);
  await putWhole(alice, blob);
  expect(Buffer.compare((await getRaw(bob, blob.address)) as Uint8Array, blob.bytes)).toBe(0);
  expect(Buffer.compare((await getRaw(bob, blob.address, 2 * MIB + 5)) as Uint8Array, blob.bytes.subarray(2 * MIB + 5))).toBe(0);
  expect(await getRaw(bob, testBlob(10).address)).toBe('NOT_FOUND');
  expect((await announce(bob, testBlob(10))).word).toBe('TOKEN');
  expect((await announce(alice, blob)).word, 'the same blob twice is known at once').toBe('DONE');
});

test('an upload that was cut goes on where the disk is, also over another connection', async () => {
  const relay = await startRelayProcess(await temporaryFolder());
  const blob = testBlob(2 * MIB);
  const first = await blobDevice(relay.address);
  const { stream, word } = await announce(first, blob);
  expect(word).toBe(0);
  await sendSome(stream, blob.bytes.subarray(0, MIB));
  await stream.close();
  const second = await blobDevice(relay.address);
  const again = await announceAgain(second, blob);
  expect(again.word).toBe(MIB);
  expect(await getRaw(second, blob.address), 'half a blob is not served').toBe('NOT_FOUND');
  await sendSome(again.stream, blob.bytes.subarray(MIB));
  expect(await nextWord(again.stream)).toBe('DONE');
  expect(Buffer.compare((await getRaw(second, blob.address)) as Uint8Array, blob.bytes)).toBe(0);
});

test('a relay killed in the middle has what it fsynced, and the upload ends well over its successor', async () => {
  const data = await temporaryFolder();
  const blob = testBlob(80 * MIB);
  const before = await startRelayProcess(data);
  const { stream } = await announce(await blobDevice(before.address), blob);
  await sendSome(stream, blob.bytes.subarray(0, 72 * MIB));
  await before.end('SIGKILL');
  const relay = await startRelayProcess(data);
  const alice = await blobDevice(relay.address);
  const { stream: next, word } = await announce(alice, blob);
  expect(word).toBeGreaterThanOrEqual(32 * MIB);
  expect(word).toBeLessThanOrEqual(72 * MIB);
  await sendSome(next, blob.bytes.subarray(Number(word)));
  expect(await nextWord(next)).toBe('DONE');
  expect(Buffer.compare((await getRaw(alice, blob.address)) as Uint8Array, blob.bytes)).toBe(0);
});

test('wrong bytes and lies about the size are refused, and nothing of them stays', async () => {
  const data = await temporaryFolder();
  const relay = await startRelayProcess(data);
  const alice = await blobDevice(relay.address);
  const blob = testBlob(300_000);
  const wrong = new Uint8Array(blob.bytes);
  wrong[200_000] = (wrong[200_000] ?? 0) ^ 1;
  const first = await announce(alice, blob);
  await sendSome(first.stream, wrong);
  expect(await nextWord(first.stream)).toBe('MALFORMED');
  const shorter = await announce(alice, { ...blob, size: 200_000 });
  expect(shorter.word, 'nothing was kept').toBe(0);
  await sendSome(shorter.stream, blob.bytes);
  expect(await nextWord(shorter.stream)).toBe('MALFORMED');
  expect(await getRaw(alice, blob.address)).toBe('NOT_FOUND');
  expect(await readdir(join(data, 'blobs', 'parts'))).toEqual([]);
  await putWhole(alice, blob);
  expect((await announce(alice, { ...blob, size: 5 })).word).toBe('CONFLICT');
});

test('a damaged file is never begun when its length is wrong, and noticed by its hash when it is not', async () => {
  const data = await temporaryFolder();
  const relay = await startRelayProcess(data);
  const alice = await blobDevice(relay.address);
  const [cut, flipped, lost] = [testBlob(100_000), testBlob(100_000), testBlob(1_000)];
  for (const blob of [cut, flipped, lost]) await putWhole(alice, blob);
  const fileOf = ({ address }: typeof cut) => join(data, 'blobs', hex(address).slice(0, 2), hex(address));
  await writeFile(fileOf(cut), cut.bytes.subarray(0, 99_999));
  const other = new Uint8Array(flipped.bytes);
  other[7] = (other[7] ?? 0) ^ 1;
  await writeFile(fileOf(flipped), other);
  await rm(fileOf(lost));
  expect(await getRaw(alice, cut.address)).toBe('STORE');
  expect(Buffer.compare((await getRaw(alice, flipped.address)) as Uint8Array, other)).toBe(0);
  expect(await getRaw(alice, lost.address)).toBe('NOT_FOUND');
  await putWhole(alice, lost);
  expect(Buffer.compare((await getRaw(alice, lost.address)) as Uint8Array, lost.bytes), 'a lost one may be put again').toBe(0);
});

test('a reader that stops costs a window, and others are served meanwhile', async () => {
  const data = await temporaryFolder();
  const relay = await startRelayProcess(data);
  const [alice, bob] = [await blobDevice(relay.address), await blobDevice(relay.address)];
  const blob = testBlob(48 * MIB);
  await putWhole(alice, blob);
  const before = await relay.memory();
  for (let at = 0; at < 3; at += 1) {
    const stream = await bob.blobStream(AbortSignal.timeout(10_000));
    sendHead(stream, FRAME.GET_BLOB, encode(GetBlobSchema, { address: blob.address, offset: 0n }));
    expect(await nextWord(stream)).toBe(blob.size);
  }
  expect(Buffer.compare((await getRaw(alice, blob.address, 47 * MIB)) as Uint8Array, blob.bytes.subarray(47 * MIB))).toBe(0);
  expect((await relay.memory()) - before).toBeLessThan(32 * MIB);
});

test('half uploads by the hundred cost their announced room, and others find theirs', async () => {
  const data = await temporaryFolder();
  const relay = await startRelayProcess(data);
  const alice = await blobDevice(relay.address);
  const big = { size: 1_073_741_824 };
  const words: (string | number | null)[] = [];
  for (let at = 0; at < 200; at += 1) {
    const { stream, word } = await announce(alice, { ...big, address: testBlob(8).address });
    stream.send(new Uint8Array(1_000));
    words.push(word);
    stream.abort('gone');
  }
  // Eight gigabytes are one account's: what is announced counts.
  expect(words.filter((word) => word === 0).length).toBe(8);
  expect(words.filter((word) => word === 'QUOTA').length).toBe(192);
  const bob = await blobDevice(relay.address);
  await putWhole(bob, testBlob(100_000));
});

test('an upload over the client goes on by itself over reconnects', async () => {
  const data = await temporaryFolder();
  const relay = await startRelayProcess(data);
  const blob = testBlob(6 * MIB);
  let connections = 0;
  let current: Awaited<ReturnType<typeof blobDevice>> | null = null;
  const line = {
    ...lineOver({ blobStream: () => Promise.reject(new Error('unused')) }),
    connected: async () => {
      connections += 1;
      current = await blobDevice(relay.address);
      return current;
    },
  };
  const cutAt = [20, 60];
  let given = 0;
  const source = async function* (offset: number) {
    for await (const piece of piecesOf(blob.bytes, offset)) {
      yield piece;
      given += 1;
      if (cutAt.includes(given)) await current?.close();
    }
  };
  await putBlob(line, { address: blob.address, size: blob.size, source }, () => undefined);
  expect(connections).toBeGreaterThanOrEqual(3);
  const bob = await blobDevice(relay.address);
  expect(Buffer.compare((await getRaw(bob, blob.address)) as Uint8Array, blob.bytes)).toBe(0);
  expect((await readFile(join(data, 'blobs', hex(blob.address).slice(0, 2), hex(blob.address)))).length).toBe(blob.size);
});
