// Blobs for tests: contents that repeat, files of them, lines to a relay, and raw streams for who does not keep the rules.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { type BlobLine, putBlob } from '../../core/net/blob-client.ts';
import { readHead, sendHead } from '../../core/net/blob-stream.ts';
import type { ByteStream } from '../../core/net/byte-stream.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { refusalName } from '../../core/wire/codes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { BlobAtSchema, BlobSchema, GetBlobSchema, PutBlobSchema } from '../../core/wire/gen/blob_pb.ts';
import { RefusedSchema } from '../../core/wire/gen/relay_pb.ts';
import { decode, encode } from '../../core/wire/proto.ts';

/** Bytes and their address. */
export interface TestBlob {
  readonly bytes: Bytes;
  readonly address: Bytes;
  readonly size: number;
}

/** Random bytes with their address: to a relay all blobs look like this. */
export function testBlob(size: number): TestBlob {
  const bytes = random(size);
  return { bytes, address: new Uint8Array(createHash('sha256').update(bytes).digest()), size };
}

/** A blob's bytes from an offset on, in pieces. */
export async function* piecesOf(bytes: Bytes, offset: number, piece = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

/** A connection of a new device, registered unless said otherwise. */
export async function blobDevice(address: string, registered = true): Promise<RelayConnection> {
  const node = await createNode({ key: signingKey(), listen: [] });
  onTestFinished(() => node.stop());
  const connection = await connectRelay(node, address, { clock: systemClock });
  if (registered) await connection.register(random(32), new Uint8Array(0));
  return connection;
}

/** A line over one connection, which is never replaced. */
export function lineOver(connection: Pick<RelayConnection, 'blobStream'>, signal = new AbortController().signal): BlobLine {
  return { connected: () => Promise.resolve(connection), clock: systemClock, signal };
}

/** Puts a blob whole. */
export function putWhole(connection: RelayConnection, { bytes, address, size }: TestBlob): Promise<void> {
  return putBlob(lineOver(connection), { address, size, source: (offset) => piecesOf(bytes, offset) }, () => undefined);
}

/** What a stream's head says: a refusal's name, how much the relay has, or the type of another frame. */
export async function nextWord(stream: ByteStream): Promise<string | number | null> {
  const head = await readHead(stream);
  if (head === null) return null;
  if (head.type === FRAME.REFUSED) return refusalName(decode(RefusedSchema, head.payload, 'refusal').code);
  if (head.type === FRAME.BLOB_AT) return Number(decode(BlobAtSchema, head.payload, 'answer').have);
  if (head.type === FRAME.BLOB) return Number(decode(BlobSchema, head.payload, 'answer').size);
  return head.type === FRAME.DONE ? 'DONE' : 'OTHER';
}

/** Announces a blob on a stream of its own, and hears the answer. */
export async function announce(
  connection: RelayConnection,
  blob: { readonly address: Bytes; readonly size: number },
): Promise<{ readonly stream: ByteStream; readonly word: string | number | null }> {
  const stream = await connection.blobStream(AbortSignal.timeout(10_000));
  sendHead(stream, FRAME.PUT_BLOB, encode(PutBlobSchema, { address: blob.address, size: BigInt(blob.size) }));
  return { stream, word: await nextWord(stream) };
}

/** Gets everything from an offset on; a refusal's name instead. */
export async function getRaw(connection: RelayConnection, address: Bytes, offset = 0): Promise<Bytes | string> {
  const stream = await connection.blobStream(AbortSignal.timeout(10_000));
  sendHead(stream, FRAME.GET_BLOB, encode(GetBlobSchema, { address, offset: BigInt(offset) }));
  const word = await nextWord(stream);
  if (typeof word !== 'number') return String(word);
  const pieces: Uint8Array[] = [];
  for (let some = await stream.read(); some !== null; some = await stream.read()) pieces.push(...some);
  void stream.close();
  return new Uint8Array(Buffer.concat(pieces));
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-blobs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file of random bytes; its path and content. */
export async function randomFile(folder: string, name: string, size: number): Promise<{ readonly path: string; readonly content: Bytes }> {
  const path = join(folder, name);
  const content = random(size);
  await writeFile(path, content);
  return { path, content };
}
