// One frozen vector: a value as JSON and the bytes it must have for ever.
import type { JsonValue } from '@bufbuild/protobuf';
import { type Bytes, concat, utf8 } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/base/hash.ts';

/** One entry of a vector file. Byte strings inside `value` are hex, except in protobuf's own JSON (base64). */
export interface Vector {
  readonly kind: string;
  readonly name: string;
  readonly value: JsonValue;
  readonly hex: string;
}

/** How values of one kind become bytes, and back where there is a way back. */
export interface Kind {
  encode(value: JsonValue, name: string): Uint8Array;
  decode?(bytes: Bytes, name: string): JsonValue;
}

/** A kind whose values have shape T; vector files are ours, so the shape is trusted. */
export function kind<T>(encode: (value: T, name: string) => Uint8Array, decode?: (bytes: Bytes, name: string) => JsonValue): Kind {
  return { encode: (value, name) => encode(value as T, name), ...(decode === undefined ? {} : { decode }) };
}

/** `length` fixed bytes that look random, the same on every run. */
export function fixed(name: string, length: number): Bytes {
  const parts: Bytes[] = [];
  for (let at = 0; at * 32 < length; at += 1) parts.push(sha256(utf8(`${name} ${at}`)));
  return concat(...parts).slice(0, length);
}
