// Protobuf at the edge: bytes from outside become messages whose every length and number was checked, or MALFORMED.
// It must never let an error text carry what the bytes said.
import { create, type DescMessage, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type Bytes, owned, safeNumber } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { MAX_FIELDS } from './limits.ts';

/**
 * The message in `bytes`, at most MAX_FIELDS fields; fields that this version does not know are dropped. Byte fields are views of `bytes`, not copies.
 * @param what names the message for a person, e.g. `register request`
 * @throws MALFORMED
 */
export function decode<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array, what: string): MessageShape<Desc> {
  if (hasTooManyFields(bytes)) throw malformed(what);
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch {
    throw malformed(what);
  }
}

/** A message's bytes: fields in ascending order, nothing unknown, the one encoding that we sign and compare. */
export function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Bytes {
  return owned(toBinary(schema, create(schema, init), { writeUnknownFields: false }));
}

/** The same bytes when they are `length` long. @throws MALFORMED */
export function exact(bytes: Uint8Array, length: number, what: string): Bytes {
  if (bytes.length !== length) throw malformed(what);
  return owned(bytes);
}

/** The same bytes when they are `length` long or absent. @throws MALFORMED */
export function exactOrEmpty(bytes: Uint8Array, length: number, what: string): Bytes {
  return bytes.length === 0 ? owned(bytes) : exact(bytes, length, what);
}

/** The same bytes when `least <= length <= most`. @throws MALFORMED when shorter, TOO_LARGE when longer */
export function within(bytes: Uint8Array, least: number, most: number, what: string): Bytes {
  if (bytes.length < least) throw malformed(what);
  if (bytes.length > most) throw tooLarge(what);
  return owned(bytes);
}

/** The value when it is there: protobuf leaves every field optional. @throws MALFORMED */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw malformed(what);
  return value;
}

/** The number when `least <= value <= most`. @throws MALFORMED */
export function integer(value: number | bigint, least: number, most: number, what: string): number {
  const number = typeof value === 'bigint' ? safeNumber(value) : value;
  if (!Number.isSafeInteger(number) || number < least || number > most) throw malformed(what);
  return number;
}

/** The same list when it has at most `most` members. @throws TOO_LARGE */
export function several<T>(list: readonly T[], most: number, what: string): readonly T[] {
  if (list.length > most) throw tooLarge(what);
  return list;
}

/** Counts fields without making anything of them: a frame of empty ones would become a hundred times its size in objects. */
function hasTooManyFields(bytes: Uint8Array): boolean {
  if (bytes.length <= 2 * MAX_FIELDS) return false;
  const reader = new BinaryReader(bytes);
  try {
    for (let fields = 0; reader.pos < reader.len; fields += 1) {
      if (fields === MAX_FIELDS) return true;
      const [field, type] = reader.tag();
      reader.skip(type, field);
    }
    return false;
  } catch {
    return true;
  }
}

function malformed(what: string): SottoError {
  return new SottoError('MALFORMED', `The ${what} does not follow the protocol.`);
}

function tooLarge(what: string): SottoError {
  return new SottoError('TOO_LARGE', `The ${what} is larger than the protocol allows.`);
}
