// Vector files on the disk: v1/*.json, and the manifest with the hash of each, so that an edit of an old one is noticed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@bufbuild/protobuf';
import { hex } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/base/hash.ts';
import { paperKinds } from './paper-kinds.ts';
import type { Kind, Vector } from './vector.ts';
import { wireKinds } from './wire-kinds.ts';

/** Where version 1 of the protocol has its vectors. */
export const VECTORS = join(import.meta.dirname, 'v1');
/** File name and SHA-256 of each vector file, one a line. */
export const MANIFEST = join(VECTORS, 'MANIFEST');

/** Names of the vector files, sorted. */
export function vectorFiles(): readonly string[] {
  return readdirSync(VECTORS)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** Every vector of a file. */
export function readVectors(name: string): readonly Vector[] {
  return JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as Vector[];
}

/** SHA-256 of a vector file, hex. */
export function fileHash(name: string): string {
  return hex(sha256(readFileSync(join(VECTORS, name))));
}

function kindOf(name: string): Kind {
  const kind = wireKinds[name] ?? paperKinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** A vector's bytes (hex), computed from its value. */
export function encodeVector(vector: Omit<Vector, 'hex'>): string {
  return hex(kindOf(vector.kind).encode(vector.value, vector.name));
}

/** A vector's value read back from its bytes; undefined where there is no way back. */
export function decodeVector(vector: Vector): JsonValue | undefined {
  return kindOf(vector.kind).decode?.(new Uint8Array(Buffer.from(vector.hex, 'hex')), vector.name);
}
