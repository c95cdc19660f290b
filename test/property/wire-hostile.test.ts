// Bytes from nobody in particular: no decoder of the wire crashes, hangs or answers anything but a value or a SottoError.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { splitEnvelope, unpad } from '../../core/wire/envelope.ts';
import { FrameReader } from '../../core/wire/frame.ts';
import { decodeAck, decodeAppend, decodeEntries, decodeStamped } from '../../core/wire/hot.ts';
import { decodeLink } from '../../core/wire/link.ts';
import { decode } from '../../core/wire/proto.ts';
import { decodeVector, readVectors, vectorFiles } from '../vectors/files.ts';
import { messages } from '../vectors/wire-kinds.ts';

const runs = process.env.SLOW === '1' ? { numRuns: 5_000 } : { numRuns: 200 };
const noise = fc.uint8Array({ maxLength: 600, size: 'max' }).map((array): Bytes => new Uint8Array(array));

const decoders: Readonly<Record<string, (bytes: Bytes) => unknown>> = {
  'an append payload': decodeAppend,
  'a stamped payload': decodeStamped,
  'an entries payload': decodeEntries,
  'an ack payload': decodeAck,
  'an envelope': splitEnvelope,
  'a padded body': unpad,
  'a stream': (bytes) => new FrameReader().push(bytes),
  ...Object.fromEntries([...messages].map(([name, schema]) => [name, (bytes: Bytes) => decode(schema, bytes, name)])),
};

/** What decoding came to: a value, or MALFORMED; any other error is a fault of ours. */
function outcome(decoder: (bytes: Bytes) => unknown, bytes: Bytes): 'value' | 'refused' {
  try {
    decoder(bytes);
    return 'value';
  } catch (error) {
    if (isSottoError(error, 'MALFORMED')) return 'refused';
    throw error;
  }
}

function thrown(action: () => unknown): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(decoders))('random bytes as %s', (_name, decoder) => {
  test('are read or refused as malformed, and nothing else', () => {
    fc.assert(
      fc.property(noise, (bytes) => {
        outcome(decoder, bytes);
      }),
      runs,
    );
  });
});

test('true bytes with one byte changed, cut off or doubled are read or refused as malformed', () => {
  const vectors = vectorFiles().flatMap(readVectors);
  const readable = vectors.filter((vector) => vector.hex.length > 0 && vector.kind !== 'link' && decodeVector(vector) !== undefined);
  const decoderOf = (kind: string, name: string) =>
    decoders[name] ?? { append: decodeAppend, stamped: decodeStamped, entries: decodeEntries, ack: decodeAck, pad: unpad }[kind];
  let tried = 0;
  fc.assert(
    fc.property(fc.constantFrom(...readable), fc.nat(), fc.integer({ min: 1, max: 255 }), (vector, place, flip) => {
      const bytes: Bytes = new Uint8Array(Buffer.from(vector.hex, 'hex'));
      const at = place % bytes.length;
      const decoder = decoderOf(vector.kind, vector.name);
      if (decoder === undefined) return;
      outcome(decoder, bytes.slice(0, at));
      outcome(decoder, new Uint8Array([...bytes, ...bytes.slice(at)]));
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      outcome(decoder, bytes);
      tried += 1;
    }),
    runs,
  );
  expect(tried).toBeGreaterThan(50);
});

test('a message nested a hundred thousand times is refused, not a stack overflow', () => {
  // The start of field 100 as a group, again and again.
  const groups: Bytes = new Uint8Array(100_000).map((_, at) => (at % 2 === 0 ? 0xa3 : 0x06));
  for (const [name, schema] of messages) expect(outcome((bytes) => decode(schema, bytes, name), groups)).toBe('refused');
});

test('random text as a link is a bad link, and its text is not in the error', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 900 }),
    fc.base64String().map((text) => `sotto:invite/${text}`),
  );
  fc.assert(
    fc.property(line, (text) => {
      const error = thrown(() => decodeLink(text));
      expect(isSottoError(error, 'BAD_LINK') && error.cause === undefined).toBe(true);
    }),
    runs,
  );
});
