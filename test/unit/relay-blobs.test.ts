// The door of a relay's blobs: who does not move is ended, what is old is swept, what nobody remembers goes, and a full disk is a "no".
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { sendHead } from '../../core/net/blob-stream.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { GetBlobSchema, PutBlobSchema } from '../../core/wire/gen/blob_pb.ts';
import { BLOB_IDLE_BYTES, BLOB_IDLE_MS, BLOB_LIFETIME_MS, BLOB_PART_LIFETIME_MS } from '../../core/wire/limits.ts';
import { encode } from '../../core/wire/proto.ts';
import { BlobFiles } from '../../relay/blobs/files.ts';
import { MOST_TRANSFERS } from '../../relay/blobs/terms.ts';
import { type BlobRelay, blobRelay, type MemoryStream } from '../support/blob-relay.ts';
import { nextWord, type TestBlob, testBlob } from '../support/blobs.ts';
import { until } from '../support/net-wait.ts';

function announce(stream: MemoryStream, { address, size }: { readonly address: TestBlob['address']; readonly size: number }) {
  sendHead(stream, FRAME.PUT_BLOB, encode(PutBlobSchema, { address, size: BigInt(size) }));
  return nextWord(stream);
}

async function put(relay: BlobRelay, blob: TestBlob, who = 'Alice') {
  const stream = relay.open(who);
  const word = await announce(stream, blob);
  if (typeof word !== 'number') return word;
  stream.send(blob.bytes.subarray(word));
  return nextWord(stream);
}

async function get(relay: BlobRelay, { address }: TestBlob) {
  const stream = relay.open(null);
  sendHead(stream, FRAME.GET_BLOB, encode(GetBlobSchema, { address, offset: 0n }));
  return nextWord(stream);
}

/** Sweeps until nothing more is due; how many went. */
async function sweepAll(sweep: BlobRelay['sweep']): Promise<number> {
  for (let deleted = 0; ; ) {
    const step = await sweep.run();
    deleted += step.deleted;
    if (!step.more) return deleted;
  }
}

const filesOf = async (relay: BlobRelay) =>
  (await readdir(join(relay.folder, 'blobs'), { recursive: true })).filter((name) => name.length > 60).sort();

describe('a transfer', () => {
  test('that hardly moves is ended, and what came of it is kept; one that moves a little is not', async () => {
    const relay = await blobRelay();
    const [slow, steady] = [testBlob(1_000_000), testBlob(1_000_000)];
    const [loris, thin] = [relay.open(), relay.open()];
    expect([await announce(loris, slow), await announce(thin, steady)]).toEqual([0, 0]);
    for (let at = 0; at < 3; at += 1) {
      loris.send(slow.bytes.subarray(at, at + 1));
      thin.send(steady.bytes.subarray(at * BLOB_IDLE_BYTES, (at + 1) * BLOB_IDLE_BYTES));
      // Everything in memory: what was sent is taken within some turns.
      await until(async () => (await relay.parts.store.used()).blobs === 2, 'both are announced');
      await new Promise((resolve) => setTimeout(resolve, 20));
      relay.clock.pass(BLOB_IDLE_MS);
    }
    await until(() => loris.isOver, 'the slow one was ended');
    expect(thin.isOver).toBe(false);
    await until(async () => (await relay.parts.store.get(slow.address))?.have === 1, 'what came is kept');
    expect(await announce(relay.open(), slow)).toBe(1);
  });

  test('that says nothing at all holds no place for long', async () => {
    const relay = await blobRelay();
    const silent = relay.open();
    relay.clock.pass(BLOB_IDLE_MS);
    await until(() => silent.isOver, 'it was ended');
  });

  test('is one of so many, and one at a time for each address', async () => {
    const relay = await blobRelay();
    const blob = testBlob(10);
    expect(await announce(relay.open(), blob)).toBe(0);
    expect(await announce(relay.open('Bob'), blob)).toBe('BUSY');
    for (let at = 2; at < MOST_TRANSFERS; at += 1) expect(await announce(relay.open(), testBlob(10))).toBe(0);
    for (let at = 0; at < MOST_TRANSFERS; at += 1) relay.open(null);
    expect(await announce(relay.open(), testBlob(10)), 'the last place').toBe(0);
    expect(await announce(relay.open(), testBlob(10))).toBe('BUSY');
  });

  test('begins with what is known, and is refused with the reason', async () => {
    const relay = await blobRelay();
    const ask = (type: number, payload: Uint8Array<ArrayBuffer>, who: string | null = 'Alice') => {
      const stream = relay.open(who);
      sendHead(stream, type, payload);
      return nextWord(stream);
    };
    expect(await ask(FRAME.PING, new Uint8Array(0))).toBe('UNSUPPORTED');
    expect(await ask(FRAME.PUT_BLOB, new Uint8Array([1, 2, 3]))).toBe('MALFORMED');
    expect(await announce(relay.open(), { address: testBlob(1).address, size: 0 })).toBe('MALFORMED');
    expect(await announce(relay.open(), { address: testBlob(1).address, size: 2 ** 40 })).toBe('MALFORMED');
    expect(await announce(relay.open(null), testBlob(1))).toBe('TOKEN');
    const endless = relay.open();
    endless.send(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0]));
    await until(() => endless.isOver, 'a frame of four gigabytes ends it');
  });
});

describe('the sweep', () => {
  test('takes what is past its lifetime, whole and half, and leaves what was put again', async () => {
    const relay = await blobRelay();
    const [old, again, half] = [testBlob(100), testBlob(200), testBlob(300)];
    expect([await put(relay, old), await put(relay, again)]).toEqual(['DONE', 'DONE']);
    const stream = relay.open();
    expect(await announce(stream, half)).toBe(0);
    await stream.close();
    await until(() => relay.parts.busy.size === 0, 'nobody puts it any more');
    expect(await sweepAll(relay.sweep)).toBe(0);
    relay.clock.pass(BLOB_PART_LIFETIME_MS);
    expect(await put(relay, again)).toBe('DONE');
    expect(await sweepAll(relay.sweep)).toBe(1);
    relay.clock.pass(BLOB_LIFETIME_MS - BLOB_PART_LIFETIME_MS);
    expect(await sweepAll(relay.sweep)).toBe(1);
    expect([await get(relay, old), await get(relay, again)]).toEqual(['NOT_FOUND', again.size]);
    expect(await filesOf(relay)).toEqual([join(hex(again.address).slice(0, 2), hex(again.address))]);
    expect(await relay.parts.store.used()).toEqual({ bytes: 200, blobs: 1 });
  });

  test('takes files that nobody remembers, once after a start, and nothing else that lies there', async () => {
    const relay = await blobRelay();
    const blob = testBlob(100);
    await put(relay, blob);
    const root = join(relay.folder, 'blobs');
    for (const [folder, byte] of [
      ['parts', 'cd'],
      ['ab', 'ab'],
    ] as const) {
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(join(root, folder, byte.repeat(32)), 'nobody');
    }
    await writeFile(join(root, 'ab', `${'ab'.repeat(32)}.txt`), 'not ours');
    expect(await sweepAll(relay.sweep)).toBe(2);
    expect((await filesOf(relay)).length).toBe(2);
    expect(await get(relay, blob)).toBe(100);
  });

  test('of a blob that got its name before its relay was killed goes on where that stood', async () => {
    const relay = await blobRelay();
    const blob = testBlob(100);
    await relay.parts.store.reserve(
      { address: blob.address, size: 100, expires: relay.clock.now() + 1_000, registration: testBlob(1).address },
      relay.parts.limits,
    );
    const file = await relay.parts.files.openPart(blob.address, 0);
    await file.write(blob.bytes);
    await file.close();
    await relay.parts.files.finish(blob.address);
    expect(await get(relay, blob)).toBe('NOT_FOUND');
    expect(await announce(relay.open(), blob)).toBe('DONE');
    expect(await get(relay, blob)).toBe(100);
  });
});

describe('a disk', () => {
  test('that is almost full takes no new blob, so that messages find room', async () => {
    const relay = await blobRelay((root) => Object.assign(new BlobFiles(root), { free: async () => 1_073_741_824 + 150 }));
    expect(await announce(relay.open(), testBlob(200))).toBe('QUOTA');
    expect(await put(relay, testBlob(100))).toBe('DONE');
  });
});
