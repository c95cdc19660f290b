// Blobs on a disk that loses its power or its room: what was answered DONE is there to the last bit, and nothing half is ever served.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { announce, blobDevice, getRaw, nextWord, putWhole, temporaryFolder, testBlob } from '../support/blobs.ts';
import { RelayOfItsOwn } from '../support/people-process.ts';
import { canCutPower, setDiskFault } from '../support/power.ts';
import { bySize } from '../support/size.ts';

const MIB = 1_048_576;
const CUTS = bySize({ usual: 2, full: 8, slow: 40 });

describe.runIf(canCutPower())('a relay', () => {
  test('has every blob it said it has after any power loss, and goes on with the others', async () => {
    const folder = join(await temporaryFolder(), 'relay');
    const relay = await RelayOfItsOwn.start(folder, 'power cut');
    const kept: ReturnType<typeof testBlob>[] = [];
    for (let seed = 0; seed < CUTS; seed += 1) {
      const alice = await blobDevice(relay.address);
      const [whole, half] = [testBlob(300_000 + seed), testBlob(3 * MIB)];
      await putWhole(alice, whole);
      kept.push(whole);
      const { stream } = await announce(alice, half);
      stream.send(half.bytes.subarray(0, MIB));
      await stream.flushed();
      await relay.die(seed === 0 ? undefined : seed);
      const bob = await blobDevice(relay.address);
      for (const blob of kept) expect(Buffer.compare((await getRaw(bob, blob.address)) as Uint8Array, blob.bytes)).toBe(0);
      expect(await getRaw(bob, half.address)).toBe('NOT_FOUND');
      await putWhole(bob, half);
      kept.push(half);
    }
  }, 120_000);

  test('refuses what a full disk does not take, serves what it has, and takes up again', async () => {
    const folder = join(await temporaryFolder(), 'relay');
    const relay = await RelayOfItsOwn.start(folder, 'power cut');
    const alice = await blobDevice(relay.address);
    const [before, during] = [testBlob(200_000), testBlob(4 * MIB)];
    await putWhole(alice, before);
    const { stream, word } = await announce(alice, during);
    expect(word).toBe(0);
    setDiskFault(folder, 'full', true);
    stream.send(during.bytes);
    expect(await nextWord(stream)).toBe('QUOTA');
    expect(Buffer.compare((await getRaw(alice, before.address)) as Uint8Array, before.bytes)).toBe(0);
    expect(await getRaw(alice, during.address)).toBe('NOT_FOUND');
    setDiskFault(folder, 'full', false);
    await putWhole(alice, during);
    expect(Buffer.compare((await getRaw(alice, during.address)) as Uint8Array, during.bytes)).toBe(0);
  }, 60_000);
});
