// Freezes vectors for what has none yet, into a new file: `node test/vectors/make.ts NAME`. It never touches an old file.
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeVector, fileHash, MANIFEST, readVectors, VECTORS, vectorFiles } from './files.ts';
import { sampleKey, samples } from './samples.ts';

mkdirSync(VECTORS, { recursive: true });
const name = `${process.argv[2] ?? ''}.json`;
if (!/^[a-z0-9-]+\.json$/.test(name)) throw new Error('usage: node test/vectors/make.ts NAME (lower-case letters, digits, hyphens)');
if (existsSync(join(VECTORS, name))) throw new Error(`${name} is there already; vectors are never edited`);

const known = new Set(vectorFiles().flatMap((file) => readVectors(file).map(sampleKey)));
const fresh = samples().filter((sample) => !known.has(sampleKey(sample)));
if (fresh.length === 0) throw new Error('every sample has its vector already');

const lines = fresh.map((sample) => JSON.stringify({ ...sample, hex: encodeVector(sample) }));
writeFileSync(join(VECTORS, name), `[\n${lines.join(',\n')}\n]\n`, { flag: 'wx' });
appendFileSync(MANIFEST, `${fileHash(name)}  ${name}\n`);
process.stdout.write(`${fresh.length} vectors in ${name}\n`);
