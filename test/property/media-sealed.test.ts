// A sealed blob is the same however it is cut on its way, opens from any place, and shows every bit that was changed, moved or left out.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, concat } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { openingFile } from '../../core/media/open-file.ts';
import { readSealed, sealedRange } from '../../core/media/read-sealed.ts';
import { sealFile } from '../../core/media/seal-file.ts';
import { blobLayout, paddedSize, SEALED_CHUNK_BYTES } from '../../core/media/sealed-blob.ts';
import { BLOB_CHUNK_BYTES, MAX_BLOB_BYTES, MIN_BLOB_BYTES } from '../../core/wire/limits.ts';
import { randomFile, temporaryFolder } from '../support/blobs.ts';
import { bySize } from '../support/size.ts';

const numRuns = bySize({ usual: 15, full: 60, slow: 400 });
/** Around the edges of chunks and of padding. */
const anySize = fc.oneof(
  fc.constantFrom(0, 1, 1_024, 1_025, BLOB_CHUNK_BYTES - 1, BLOB_CHUNK_BYTES, BLOB_CHUNK_BYTES + 1, 3 * BLOB_CHUNK_BYTES),
  fc.integer({ min: 0, max: 900_000 }),
);

async function sealed(folder: string, size: number) {
  const { path, content } = await randomFile(folder, 'file', size);
  const key = random(32);
  const file = await sealFile(path, key);
  const bytes = concat(...(await Array.fromAsync(file.from(0))));
  return { path, content, key, file, bytes, blob: { address: file.address, key, size } };
}

/** Gives bytes in pieces of these lengths, again and again. */
function cut(bytes: Bytes, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

test('any file comes back over any cut of its sealed bytes, going on after any break; its length is padded, its address is its hash', async () => {
  const folder = await temporaryFolder();
  let count = 0;
  const lengths = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(anySize, lengths, fc.double({ min: 0, max: 1, noNaN: true }), async (size, pieces, breakAt) => {
      count += 1;
      const { content, file, bytes, blob } = await sealed(folder, size);
      expect(bytes.length).toBe(blobLayout(size).sealed);
      expect(Buffer.compare(createHash('sha256').update(bytes).digest(), blob.address)).toBe(0);
      const from = Math.floor(breakAt * bytes.length);
      expect(Buffer.compare(concat(...(await Array.fromAsync(file.from(from)))), bytes.subarray(from))).toBe(0);
      await file.close();
      const target = join(folder, `copy ${count}`);
      const first = await openingFile(target, blob);
      for (const piece of cut(bytes.slice(0, from), pieces)) await first.take([piece]);
      await first.close();
      const second = await openingFile(target, blob);
      for (const piece of cut(bytes.slice(second.again()), pieces)) await second.take([piece]);
      await second.finish();
      expect(Buffer.compare(await readFile(target), content)).toBe(0);
    }),
    { numRuns },
  );
});

test('a flipped bit, a chunk moved, one left out, one cut off, another key: nothing gets the name', async () => {
  const folder = await temporaryFolder();
  const { bytes, blob, file } = await sealed(folder, 2 * BLOB_CHUNK_BYTES + 77);
  await file.close();
  const flip = (at: number) => {
    const other = new Uint8Array(bytes);
    other[Math.floor(at / 8)] = (other[Math.floor(at / 8)] ?? 0) ^ (1 << (at % 8));
    return other;
  };
  const chunk = (index: number) => bytes.subarray(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES);
  const isTaken = async (wrong: Uint8Array, key = blob.key) => {
    const opening = await openingFile(join(folder, 'never'), { ...blob, key });
    try {
      await opening.take([wrong]);
      await opening.finish();
      return true;
    } catch {
      return false;
    } finally {
      await opening.close(true);
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 8 * bytes.length - 1 }), async (at) => {
      expect(await isTaken(flip(at))).toBe(false);
    }),
    { numRuns },
  );
  const wrong = [concat(chunk(1), chunk(0), chunk(2)), concat(chunk(0), chunk(2)), concat(chunk(0), chunk(1)), chunk(0), new Uint8Array(0)];
  for (const one of wrong) expect(await isTaken(one)).toBe(false);
  expect(await isTaken(bytes, random(32))).toBe(false);
  expect(await readdir(folder)).toEqual(['file']);
});

test('any part is read from its chunks alone, and a part of other bytes is not', async () => {
  const { content, key, bytes, file } = await sealed(await temporaryFolder(), 3 * BLOB_CHUNK_BYTES + 5_000);
  await file.close();
  const place = fc.integer({ min: 0, max: content.length - 1 });
  fc.assert(
    fc.property(place, place, (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
      const range = sealedRange(content.length, from, to);
      const part = bytes.slice(range.from, range.to);
      expect(Buffer.compare(readSealed(key, content.length, from, to, part), content.subarray(from, to))).toBe(0);
      part[a % part.length] = (part[a % part.length] ?? 0) ^ 1;
      expect(() => readSealed(key, content.length, from, to, part)).toThrow('not what was sealed');
    }),
    { numRuns },
  );
  expect(() => sealedRange(10, 4, 11)).toThrow('no such part');
});

test('of a file that changes after its address was known nothing changed leaves', async () => {
  const folder = await temporaryFolder();
  const { path, content, bytes, file } = await sealed(folder, 3 * BLOB_CHUNK_BYTES);
  const other = new Uint8Array(content);
  other[2 * BLOB_CHUNK_BYTES + 9] = (other[2 * BLOB_CHUNK_BYTES + 9] ?? 0) ^ 1;
  await writeFile(path, other);
  const left: Uint8Array[] = [];
  const send = async () => {
    for await (const piece of file.from(100)) left.push(piece);
  };
  await expect(send()).rejects.toThrow('changed');
  expect(Buffer.compare(concat(...left), bytes.subarray(100, 2 * SEALED_CHUNK_BYTES))).toBe(0);
  await writeFile(path, content.subarray(0, 5));
  await expect(Array.fromAsync(file.from(0))).rejects.toThrow('changed');
  await file.close();
});

test('a part that a power loss tore is begun again, and what is no blob of this size is too large', async () => {
  const folder = await temporaryFolder();
  const { content, bytes, blob, file } = await sealed(folder, 2 * BLOB_CHUNK_BYTES + 1);
  await file.close();
  const target = join(folder, 'copy');
  const first = await openingFile(target, blob);
  await first.take([bytes.subarray(0, 2 * SEALED_CHUNK_BYTES)]);
  await first.close();
  const [part = ''] = (await readdir(folder)).filter((name) => name.endsWith('.part'));
  await writeFile(join(folder, part), new Uint8Array(2 * BLOB_CHUNK_BYTES));
  const second = await openingFile(target, blob);
  await second.take([bytes.subarray(second.again())]);
  expect(second.isRight).toBe(false);
  await second.restart();
  await second.take([bytes.subarray(second.again())]);
  await second.finish();
  expect(Buffer.compare(await readFile(target), content)).toBe(0);
  expect(() => blobLayout(MAX_BLOB_BYTES)).toThrow('larger');
});

test('padding costs an eighth at most, never shrinks, and leaves few lengths', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 }), (size) => {
      const padded = paddedSize(size);
      expect(padded).toBeGreaterThanOrEqual(Math.max(size, MIN_BLOB_BYTES));
      expect(padded).toBeLessThanOrEqual(Math.max(MIN_BLOB_BYTES, size * 1.125));
      expect(paddedSize(padded)).toBe(padded);
    }),
  );
  expect(new Set(Array.from({ length: 100_000 }, (_, at) => paddedSize(1_048_576 + 10 * at))).size).toBeLessThan(64);
});
