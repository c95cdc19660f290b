// Frozen bytes: what version 1 of the protocol sends today it must send and understand for ever.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeVector, encodeVector, fileHash, MANIFEST, readVectors, vectorFiles } from './files.ts';
import { sampleKey, samples } from './samples.ts';
import { messages } from './wire-kinds.ts';

const files = vectorFiles();
const all = files.flatMap((file) => readVectors(file));

describe.each(files)('the vectors of %s', (file) => {
  test('encode to the same bytes as ever', () => {
    for (const vector of readVectors(file)) expect(encodeVector(vector), `${vector.kind}: ${vector.name}`).toBe(vector.hex);
  });

  test('decode to the same values as ever', () => {
    const checked = readVectors(file).filter((vector) => {
      const value = decodeVector(vector);
      if (value !== undefined) expect(value, `${vector.kind}: ${vector.name}`).toEqual(vector.value);
      return value !== undefined;
    });
    expect(checked.length).toBeGreaterThan(0);
  });
});

test('no vector file was edited, removed or slipped in beside the manifest', () => {
  const listed = readFileSync(MANIFEST, 'utf8').trim().split('\n').sort();
  expect(files.map((name) => `${fileHash(name)}  ${name}`).sort()).toEqual(listed);
});

test('every message of the schemas has a vector, filled and empty', () => {
  const known = new Set(all.map(sampleKey));
  expect(samples().filter((sample) => !known.has(sampleKey(sample)))).toEqual([]);
  for (const name of messages.keys()) {
    expect(all.filter((vector) => vector.kind === 'protobuf' && vector.name === name).length, name).toBeGreaterThan(0);
  }
});

test('a message in the schemas that loses its vector would be noticed', () => {
  const covered = new Set(all.filter((vector) => vector.kind === 'protobuf').map((vector) => vector.name));
  expect([...covered].filter((name) => !messages.has(name))).toEqual([]);
  expect(covered.size).toBe(messages.size);
});
