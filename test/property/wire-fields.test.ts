// Walking the fields of a message finds what a codec finds, and breaks where it is broken.
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { CONTENT_SALT_BYTES, looksLikeText, TEXT_FIELD } from '../../core/session/commit.ts';
import { readFields } from '../../core/wire/fields.ts';
import { ContentSchema } from '../../core/wire/gen/content_pb.ts';

type Field = readonly [number, Uint8Array | null];

function walk(bytes: Uint8Array): Field[] {
  const seen: Field[] = [];
  readFields(bytes, (field, value) => seen.push([field, value]));
  return seen;
}

const number = fc.integer({ min: 1, max: 0x1fff_ffff });
const field = fc.oneof(
  fc.tuple(number, fc.constant('bytes' as const), fc.uint8Array({ maxLength: 300 })),
  fc.tuple(number, fc.constantFrom('varint' as const, 'fixed64' as const, 'fixed32' as const), fc.constant(null)),
);

function written(fields: readonly (readonly [number, string, Uint8Array | null])[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [no, type, value] of fields) {
    if (type === 'bytes') writer.tag(no, 2).bytes(value ?? new Uint8Array());
    else if (type === 'varint') writer.tag(no, 0).uint64(0xffff_ffff_ffff_ffffn);
    else if (type === 'fixed64') writer.tag(no, 1).fixed64(7n);
    else writer.tag(no, 5).fixed32(7);
  }
  return writer.finish();
}

test('every field comes with its number, and with its bytes where it has a length', () => {
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      expect(walk(written(fields))).toEqual(fields.map(([no, , value]) => [no, value]));
    }),
  );
});

test('whatever comes from outside is walked to its end or refused with a TypeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        walk(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
    }),
  );
});

test('a message that was cut anywhere inside its last field is refused', () => {
  const whole = written([[4, 'bytes', random(20)]]);
  for (let end = 1; end < whole.length; end += 1) expect(() => walk(whole.subarray(0, end))).toThrow(TypeError);
});

test('a group, a field without a number and a varint without an end are refused', () => {
  for (const bytes of [[0x0b], [0x02, 0x00], new Array(11).fill(0x80)]) expect(() => walk(Uint8Array.from(bytes))).toThrow(TypeError);
});

test('a text is told from every other kind of content before it is read', () => {
  expect(ContentSchema.field.text.number).toBe(TEXT_FIELD);
  expect(ContentSchema.fields.filter(({ oneof, number: no }) => (oneof !== undefined) !== no >= TEXT_FIELD)).toEqual([]);
  const salted = (what: Parameters<typeof create<typeof ContentSchema>>[1]) =>
    Buffer.concat([random(CONTENT_SALT_BYTES), toBinary(ContentSchema, create(ContentSchema, what))]);
  expect(looksLikeText(salted({ id: random(16), lamport: 3n, what: { case: 'text', value: { text: 'hello' } } }))).toBe(true);
  expect(looksLikeText(salted({ id: random(16), what: { case: 'newSession', value: {} } }))).toBe(false);
  expect(looksLikeText(salted({ id: random(16) }))).toBe(false);
  expect(looksLikeText(random(3))).toBe(false);
});
