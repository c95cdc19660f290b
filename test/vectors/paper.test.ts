// The rules above core/wire were written a second time for the vectors; here the code that the programs run must meet those bytes.
import { expect, test } from 'vitest';
import { type Bytes, concat, hex, unhex } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/base/hash.ts';
import { BlobCipher, blobLayout } from '../../core/media/sealed-blob.ts';
import { deviceTag } from '../../core/peer/keep.ts';
import { messageId } from '../../core/peer/message-id.ts';
import { accountUuid } from '../../core/session/address.ts';
import { ONE_TIME_NONCE, open } from '../../core/session/aead.ts';
import { commitOf } from '../../core/session/commit.ts';
import { openPadded } from '../../core/session/padded.ts';
import { generationId, unwrapEnvelope } from '../../core/session/wrap.ts';
import { BLOB_CHUNK_BYTES, SIGNAL_BYTES } from '../../core/wire/limits.ts';
import { readVectors, vectorFiles } from './files.ts';
import { blobContent } from './paper-kinds.ts';

/** The vectors of a kind: value as the kind's own shape, bytes. */
function vectorsOf<T>(kind: string): readonly { readonly value: T; readonly bytes: Bytes }[] {
  const found = vectorFiles()
    .flatMap(readVectors)
    .filter((vector) => vector.kind === kind);
  expect(found.length, kind).toBeGreaterThan(0);
  return found.map((vector) => ({ value: vector.value as T, bytes: unhex(vector.hex) }));
}

interface Sealed {
  readonly key: string;
  readonly body: string;
}

test('an envelope opens under its generation key, and names it', () => {
  for (const { value, bytes } of vectorsOf<Sealed>('wrapped envelope')) {
    expect(hex(unwrapEnvelope(unhex(value.key), bytes) ?? new Uint8Array())).toBe(value.body);
    expect(hex(bytes.subarray(1, 17))).toBe(hex(generationId(unhex(value.key))));
  }
});

test('signals, all of one size, open', () => {
  for (const { value, bytes } of vectorsOf<Sealed>('sealed signal')) {
    expect(bytes).toHaveLength(SIGNAL_BYTES);
    expect(hex(openPadded(unhex(value.key), 'signal', 17, bytes) ?? new Uint8Array())).toBe(value.body);
  }
});

test('slots and sealed manifests open', () => {
  for (const { value, bytes } of vectorsOf<Sealed>('sealed slot'))
    expect(hex(openPadded(unhex(value.key), 'slot', 17, bytes) ?? new Uint8Array())).toBe(value.body);
  for (const { value, bytes } of vectorsOf<Sealed>('sealed manifest'))
    expect(hex(openPadded(unhex(value.key), 'sealed-manifest', 1, bytes) ?? new Uint8Array())).toBe(value.body);
});

test('a body opens under its key and its commitment', () => {
  for (const { value, bytes } of vectorsOf<{ readonly key: string; readonly content: string }>('body')) {
    const opened = open({ key: unhex(value.key), nonce: ONE_TIME_NONCE }, commitOf(unhex(value.content)), bytes);
    expect(hex(opened ?? new Uint8Array())).toBe(value.content);
  }
});

test('names of accounts, messages and devices come out as written', () => {
  for (const { value, bytes } of vectorsOf<string>('address name')) expect(accountUuid(unhex(value))).toBe(Buffer.from(bytes).toString());
  for (const { value, bytes } of vectorsOf<{ readonly root: string; readonly device: number; readonly inner: string }>('message id'))
    expect(messageId(unhex(value.root), value.device, unhex(value.inner))).toBe(hex(bytes));
  for (const { value, bytes } of vectorsOf<{ readonly root: string; readonly device: number }>('device order'))
    expect(deviceTag(unhex(value.root), value.device)).toBe(Number.parseInt(hex(bytes), 16));
});

test('a blob is sealed as written, and opens from any chunk', () => {
  for (const { value, bytes } of vectorsOf<{ readonly key: string; readonly size: number }>('sealed blob')) {
    const cipher = new BlobCipher(unhex(value.key), blobLayout(value.size));
    const padded = concat(blobContent(value.size), new Uint8Array(cipher.layout.padded - value.size));
    const chunk = (at: number) => padded.subarray(at * BLOB_CHUNK_BYTES, (at + 1) * BLOB_CHUNK_BYTES);
    const sealed = concat(...Array.from({ length: cipher.layout.chunks }, (_, at) => cipher.seal(at, chunk(at))));
    expect(hex(sha256(sealed))).toBe(hex(bytes.subarray(0, 32)));
    if (bytes.length > 32)
      expect(hex(cipher.open(0, bytes.subarray(32))?.subarray(0, value.size) ?? bytes)).toBe(hex(blobContent(value.size)));
  }
});
