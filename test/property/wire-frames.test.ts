// Frames and hot payloads: decoding undoes encoding, however the stream cuts the bytes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, concat } from '../../core/base/bytes.ts';
import { encodeFrame, FrameReader } from '../../core/wire/frame.ts';
import {
  decodeAck,
  decodeAppend,
  decodeEntries,
  decodeStamped,
  encodeAck,
  encodeAppend,
  encodeEntries,
  encodeStamped,
} from '../../core/wire/hot.ts';
import { MAX_RUN } from '../../core/wire/limits.ts';

const runs = process.env.SLOW === '1' ? { numRuns: 5_000 } : { numRuns: 60 };
const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength, size: 'max' }).map((array): Bytes => new Uint8Array(array));
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u53 = fc.maxSafeNat();
const envelope = bytes(1, 300);
const frame = fc.record({ type: fc.integer({ min: 0, max: 255 }), request: u32, payload: bytes(0, 400) });

/** The same bytes in pieces of random sizes, empty ones too. */
function chopped(whole: Bytes, sizes: readonly number[]): Bytes[] {
  const pieces: Bytes[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(whole.slice(at, at + size));
    at += size;
  }
  return [...pieces, whole.slice(at)];
}

test('frames come out as they went in, however the stream cuts them', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(700), { maxLength: 60 }), (frames, sizes) => {
      const whole = concat(...frames.map(({ type, request, payload }) => encodeFrame(type, request, payload)));
      const reader = new FrameReader();
      expect(chopped(whole, sizes).flatMap((piece) => reader.push(piece))).toEqual(frames);
    }),
    runs,
  );
});

test('a frame that was handed out does not change when more bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(90), { maxLength: 60 }), (frames, sizes) => {
      const whole = concat(...frames.map(({ type, request, payload }) => encodeFrame(type, request, payload)));
      const reader = new FrameReader();
      const seen: { readonly now: Bytes; readonly copy: Bytes }[] = [];
      for (const piece of chopped(whole, sizes)) {
        for (const { payload } of reader.push(piece)) seen.push({ now: payload, copy: payload.slice() });
        piece.fill(0xee);
      }
      expect(seen).toHaveLength(frames.length);
      for (const { now, copy } of seen) expect(now).toEqual(copy);
    }),
    runs,
  );
});

test('an append frame is read as it was written', () => {
  const run = fc.record({ handle: u32, envelopes: fc.array(envelope, { minLength: 1, maxLength: 20 }) });
  fc.assert(
    fc.property(run, (value) => {
      expect(decodeAppend(encodeAppend(value))).toEqual(value);
    }),
    runs,
  );
});

test('a stamped frame is read as it was written', () => {
  const stamp = fc.record({ seq: u53, time: u53, chain: bytes(32, 32), id: bytes(32, 32) });
  const run = fc.record({ handle: u32, retryAfter: u32, refusal: fc.nat(65_535), stamps: fc.array(stamp, { maxLength: 20 }) });
  fc.assert(
    fc.property(run, (value) => {
      expect(decodeStamped(encodeStamped(value))).toEqual(value);
    }),
    runs,
  );
});

test('an entries frame is read as it was written', () => {
  const run = fc
    .record({
      handle: u32,
      first: fc.integer({ min: 1, max: 2 ** 50 }),
      time: u53,
      chain: bytes(32, 32),
      signature: bytes(64, 64),
      entries: fc.array(fc.record({ time: u53, envelope }), { minLength: 1, maxLength: 20 }),
    })
    .map(({ handle, first, entries, ...head }) => ({ handle, first, head: { ...head, seq: first + entries.length - 1 }, entries }));
  fc.assert(
    fc.property(run, (value) => {
      expect(decodeEntries(encodeEntries(value))).toEqual(value);
    }),
    runs,
  );
});

test('an ack frame is read as it was written', () => {
  const ack = fc.record({ handle: u32, seq: u53 });
  fc.assert(
    fc.property(ack, (value) => {
      expect(decodeAck(encodeAck(value))).toEqual(value);
    }),
    runs,
  );
});

test('the longest run is read and one more is refused', () => {
  const envelopes = Array.from({ length: MAX_RUN + 1 }, (_, at): Bytes => Uint8Array.of(at & 255));
  expect(decodeAppend(encodeAppend({ handle: 1, envelopes: envelopes.slice(1) })).envelopes).toHaveLength(MAX_RUN);
  expect(() => decodeAppend(encodeAppend({ handle: 1, envelopes }))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
});
