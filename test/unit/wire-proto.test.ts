// The checks that stand between protobuf and the rest of the house.
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../core/base/bytes.ts';
import { RegisterSchema, SetReadersSchema } from '../../core/wire/gen/relay_pb.ts';
import { MAX_FIELDS, MAX_READERS } from '../../core/wire/limits.ts';
import { decode, encode, exact, exactOrEmpty, integer, present, several, within } from '../../core/wire/proto.ts';

const malformed = expect.objectContaining({ code: 'MALFORMED' });
const tooLarge = expect.objectContaining({ code: 'TOO_LARGE' });
const bytes = (length: number) => new Uint8Array(length);

describe('decoding a message', () => {
  test('skips fields of a newer minor version and does not keep them', () => {
    const register = encode(RegisterSchema, { registration: bytes(32) });
    const newer = new Uint8Array([...register, 0xa2, 0x06, 0x03, 1, 2, 3]);
    const message = decode(RegisterSchema, newer, 'register request');
    expect(message.registration).toEqual(bytes(32));
    expect(encode(RegisterSchema, message)).toEqual(register);
  });

  test('refuses bytes that are no message, and says nothing of what they were', () => {
    const secret = utf8('\x0a\x7fsecret words');
    expect(() => decode(RegisterSchema, secret, 'register request')).toThrow(malformed);
    expect(() => decode(RegisterSchema, secret, 'register request')).toThrow(/^The register request does not follow the protocol\.$/);
  });
});

test('a message of hundreds of thousands of empty fields is refused before it becomes objects', () => {
  const readers = (count: number) => encode(SetReadersSchema, { handle: 1, readers: Array.from({ length: count }, () => bytes(0)) });
  expect(() => decode(SetReadersSchema, readers(500_000), 'reader list')).toThrow(malformed);
  expect(() => decode(SetReadersSchema, readers(MAX_FIELDS), 'reader list')).toThrow(malformed);
  expect(decode(SetReadersSchema, readers(MAX_READERS), 'reader list').readers).toHaveLength(MAX_READERS);
  const full = encode(SetReadersSchema, { handle: 1, readers: Array.from({ length: MAX_READERS }, () => bytes(32)) });
  expect(decode(SetReadersSchema, full, 'reader list').readers).toHaveLength(MAX_READERS);
});

describe('a checked length', () => {
  test('is exact or malformed', () => {
    expect(exact(bytes(32), 32, 'log id')).toHaveLength(32);
    for (const length of [0, 31, 33]) expect(() => exact(bytes(length), 32, 'log id')).toThrow(malformed);
  });

  test('may be nothing where nothing is allowed', () => {
    expect(exactOrEmpty(bytes(0), 32, 'log id')).toHaveLength(0);
    expect(exactOrEmpty(bytes(32), 32, 'log id')).toHaveLength(32);
    expect(() => exactOrEmpty(bytes(1), 32, 'log id')).toThrow(malformed);
  });

  test('below the least is malformed, above the most too large', () => {
    expect(within(bytes(1), 1, 4, 'slot')).toHaveLength(1);
    expect(within(bytes(4), 1, 4, 'slot')).toHaveLength(4);
    expect(() => within(bytes(0), 1, 4, 'slot')).toThrow(malformed);
    expect(() => within(bytes(5), 1, 4, 'slot')).toThrow(tooLarge);
  });
});

describe('a checked number', () => {
  test('is a safe integer in its range, from either protobuf type', () => {
    expect(integer(127, 1, 127, 'device')).toBe(127);
    expect(integer(127n, 1, 127, 'device')).toBe(127);
    for (const value of [0, 128, 128n, 1.5, Number.NaN, 2n ** 64n - 1n, -1n]) {
      expect(() => integer(value, 1, 127, 'device')).toThrow(malformed);
    }
  });
});

test('a list has at most as many members as allowed', () => {
  expect(several([1, 2], 2, 'readers')).toEqual([1, 2]);
  expect(() => several([1, 2, 3], 2, 'readers')).toThrow(tooLarge);
});

test('a part that must be there is there', () => {
  expect(present(0, 'head')).toBe(0);
  expect(() => present(undefined, 'head')).toThrow(malformed);
});
