// Prekeys and manifests as a device uploads them, well formed and signed, of random bytes: the relay cannot tell.
import { create } from '@bufbuild/protobuf';
import { type Bytes, u64be } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { type SigningKey, sign } from '../../core/base/ed25519.ts';
import { capabilityHash, directoryAddress } from '../../core/wire/capability.ts';
import { type PutManifest, PutManifestSchema, type PutPreKeys, PutPreKeysSchema } from '../../core/wire/gen/relay_pb.ts';
import { encode } from '../../core/wire/proto.ts';

const signed = (id: number, bytes: number) => ({ id, publicKey: random(bytes), signature: random(64) });

/** An upload with `oneTime` one-time keys of each kind. */
export function preKeysOf(writer: SigningKey, counter: number, oneTime: number, contact: Bytes): PutPreKeys {
  const ids = Array.from({ length: oneTime }, (_, at) => counter * 1_000 + at);
  const keys = create(PutPreKeysSchema, {
    writer: writer.publicKey,
    device: 1,
    counter: BigInt(counter),
    signed: signed(1, 33),
    lastResortKyber: signed(2, 1_569),
    oneTime: ids.map((id) => ({ id, publicKey: random(33) })),
    oneTimeKyber: ids.map((id) => signed(id, 1_569)),
    contactHash: capabilityHash(contact),
  });
  return { ...keys, signature: sign(writer, 'directory-prekeys', encode(PutPreKeysSchema, keys)) };
}

/** A sealed manifest, signed by its writer. */
export function manifestOf(writer: SigningKey, version: number, sealed: Bytes): PutManifest {
  const signature = sign(writer, 'directory-manifest', directoryAddress(writer.publicKey), u64be(version), sealed);
  return create(PutManifestSchema, { writer: writer.publicKey, version: BigInt(version), sealed, signature });
}
