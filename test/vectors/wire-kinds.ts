// The kinds of vectors that core/wire and core/base make and read themselves.
import { type DescMessage, fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import { concat, hex, text, u32be, unhex, utf8 } from '../../core/base/bytes.ts';
import { sign, signingKey } from '../../core/base/ed25519.ts';
import { derive, label, labelledHash } from '../../core/base/hash.ts';
import { capabilityHash, directoryAddress, logCapabilities, logId, readerId } from '../../core/wire/capability.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { REFUSAL, type RefusalName, refusalName } from '../../core/wire/codes.ts';
import { envelopeId, pad, unpad } from '../../core/wire/envelope.ts';
import { encodeFrame, FRAME, FrameReader } from '../../core/wire/frame.ts';
import { file_blob } from '../../core/wire/gen/blob_pb.ts';
import { file_content } from '../../core/wire/gen/content_pb.ts';
import { file_direct } from '../../core/wire/gen/direct_pb.ts';
import { file_identity } from '../../core/wire/gen/identity_pb.ts';
import { file_relay } from '../../core/wire/gen/relay_pb.ts';
import { signHead } from '../../core/wire/head.ts';
import * as hot from '../../core/wire/hot.ts';
import { decodeLink, encodeLink, type Invite } from '../../core/wire/link.ts';
import { type Kind, kind } from './vector.ts';

/** T with hex strings where it has bytes. */
export type Hexed<T> = T extends Uint8Array
  ? string
  : T extends readonly (infer Member)[]
    ? readonly Hexed<Member>[]
    : T extends object
      ? { readonly [Key in keyof T]: Hexed<T[Key]> }
      : T;

/** Every message of the five schemas, by its full name. */
export const messages: ReadonlyMap<string, DescMessage> = new Map(
  [file_blob, file_content, file_direct, file_identity, file_relay].flatMap((file) =>
    file.messages.map((message) => [message.typeName, message]),
  ),
);

function message(name: string): DescMessage {
  const found = messages.get(name);
  if (found === undefined) throw new Error(`no message ${name} in the schemas`);
  return found;
}

/** A decoded value as JSON, bytes as hex. */
function jsonOf(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value, (_key, part) => (part instanceof Uint8Array ? hex(part) : part)));
}

const frames: Readonly<Record<string, Kind>> = {
  frame: kind<{ type: number; request: number; payload: string }>(
    (value) => encodeFrame(value.type, value.request, unhex(value.payload)),
    (bytes) => jsonOf(new FrameReader().push(bytes)[0]),
  ),
  'frame type': kind<keyof typeof FRAME>(
    (value) => Uint8Array.of(FRAME[value]),
    (bytes) => Object.entries(FRAME).find(([, type]) => type === bytes[0])?.[0] ?? null,
  ),
  refusal: kind<RefusalName>(
    (value) => u32be(REFUSAL[value]),
    (bytes) => refusalName(bytes[3] ?? 0),
  ),
  append: kind<Hexed<hot.AppendRun>>(
    (value) => hot.encodeAppend({ handle: value.handle, envelopes: value.envelopes.map(unhex) }),
    (bytes) => jsonOf(hot.decodeAppend(bytes)),
  ),
  stamped: kind<Hexed<hot.StampedRun>>(
    (value) =>
      hot.encodeStamped({ ...value, stamps: value.stamps.map((stamp) => ({ ...stamp, chain: unhex(stamp.chain), id: unhex(stamp.id) })) }),
    (bytes) => jsonOf(hot.decodeStamped(bytes)),
  ),
  entries: kind<Hexed<hot.EntriesRun>>(
    (value) =>
      hot.encodeEntries({
        ...value,
        head: { ...value.head, chain: unhex(value.head.chain), signature: unhex(value.head.signature) },
        entries: value.entries.map((entry) => ({ time: entry.time, envelope: unhex(entry.envelope) })),
      }),
    (bytes) => jsonOf(hot.decodeEntries(bytes)),
  ),
  ack: kind<hot.Ack>(hot.encodeAck, (bytes) => jsonOf(hot.decodeAck(bytes))),
};

const hashes: Readonly<Record<string, Kind>> = {
  label: kind<string>(label),
  'labelled hash': kind<{ label: string; bytes: string }>((value) => labelledHash(value.label, unhex(value.bytes))),
  derive: kind<{ secret: string; salt: string; label: string; length: number; context: string }>((value) =>
    derive(unhex(value.secret), unhex(value.salt), value.label, value.length, unhex(value.context)),
  ),
  signature: kind<{ seed: string; label: string; bytes: string }>((value) =>
    sign(signingKey(unhex(value.seed)), value.label, unhex(value.bytes)),
  ),
  'signed head': kind<{ seed: string; log: string; seq: number; chain: string; time: number }>((value) =>
    signHead(signingKey(unhex(value.seed)), { log: unhex(value.log), seq: value.seq, chain: unhex(value.chain), time: value.time }),
  ),
  chain: kind<{ log: string; entries: readonly { time: number; id: string }[] }>((value) => {
    const all = [chainStart(unhex(value.log))];
    for (const [at, entry] of value.entries.entries())
      all.push(chainNext(all[at] ?? new Uint8Array(0), at + 1, entry.time, unhex(entry.id)));
    return concat(...all);
  }),
  capabilities: kind<{ secret: string; relay: string; nonce: string }>((value) => {
    const all = logCapabilities(unhex(value.secret), value.relay, unhex(value.nonce));
    return concat(all.read, all.append, all.manage);
  }),
  'capability hash': kind<string>((value) => capabilityHash(unhex(value))),
  'log id': kind<{ nonce: string; read: string; append: string; manage: string }>((value) =>
    logId(unhex(value.nonce), { read: unhex(value.read), append: unhex(value.append), manage: unhex(value.manage) }),
  ),
  'reader id': kind<string>((value) => readerId(unhex(value))),
  'directory address': kind<string>((value) => directoryAddress(unhex(value))),
  'envelope id': kind<string>((value) => envelopeId(unhex(value))),
};

/** Kinds whose bytes come from the code that the programs run. */
export const wireKinds: Readonly<Record<string, Kind>> = {
  ...frames,
  ...hashes,
  protobuf: kind<JsonValue>(
    (value, name) => toBinary(message(name), fromJson(message(name), value)),
    (bytes, name) => toJson(message(name), fromBinary(message(name), bytes)),
  ),
  pad: kind<{ body: string; overhead: number; bucket: number }>(
    (value) => pad(unhex(value.body), value.overhead),
    (bytes) => ({ body: hex(unpad(bytes)), overhead: 65, bucket: bytes.length + 65 }),
  ),
  link: kind<Hexed<Invite>>(
    (value) =>
      utf8(encodeLink({ ...value, root: unhex(value.root), capability: unhex(value.capability), profileKey: unhex(value.profileKey) })),
    (bytes) => jsonOf(decodeLink(text(bytes))),
  ),
};
