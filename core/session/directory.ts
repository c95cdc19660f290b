// What an account writes into a relay's directory: its manifest sealed under the links' profile key, and signed prekey uploads.
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, equal, owned, u64be } from '../base/bytes.ts';
import { type SigningKey, sign, verify } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { directoryAddress } from '../wire/capability.ts';
import { type PutPreKeys, PutPreKeysSchema } from '../wire/gen/relay_pb.ts';
import { MAX_MANIFEST_BYTES } from '../wire/limits.ts';
import { type CheckedManifest, openManifest } from './manifest.ts';
import { openPadded, sealPadded } from './padded.ts';

/** First byte of a sealed manifest. */
const LAYOUT = Uint8Array.of(1);

/** `1 | salt (32) | AES-256-GCM(padded SignedManifest)`, key from HKDF(profile key, salt, "sealed-manifest"). @throws TOO_LARGE */
export function sealManifest(profileKey: Uint8Array, manifest: CheckedManifest): Bytes {
  const sealed = sealPadded(profileKey, 'sealed-manifest', LAYOUT, manifest.bytes);
  if (sealed.length > MAX_MANIFEST_BYTES) throw new SottoError('TOO_LARGE', 'The manifest is too large for the directory.');
  return sealed;
}

/**
 * Opens and checks a sealed manifest.
 * @throws MALFORMED when it was not sealed under this profile key; BAD_MANIFEST, BAD_SIGNATURE as openManifest
 */
export function openSealedManifest(profileKey: Uint8Array, sealed: Bytes, expectedRoot?: Uint8Array): CheckedManifest {
  const manifest = sealed[0] === LAYOUT[0] ? openPadded(profileKey, 'sealed-manifest', LAYOUT.length, sealed) : null;
  if (manifest === null) throw new SottoError('MALFORMED', 'The sealed manifest does not open with this key.');
  return openManifest(manifest, expectedRoot);
}

/** A directory entry as PUT_MANIFEST carries it. */
export interface DirectoryEntry {
  /** 32 bytes: Ed25519 public key of the directory writer. */
  readonly writer: Bytes;
  readonly version: number;
  readonly sealed: Bytes;
  /** 64 bytes, by the writer, over address || u64be(version) || sealed. */
  readonly signature: Bytes;
}

/** Signs a sealed manifest for the directory. @param writer the account's directory key, never the root key */
export function signDirectoryEntry(writer: SigningKey, version: number, sealed: Bytes): DirectoryEntry {
  const signature = sign(writer, 'directory-manifest', directoryAddress(writer.publicKey), u64be(version), sealed);
  return { writer: writer.publicKey, version, sealed, signature };
}

/** Checks an entry a relay handed out. @param address refuse any other writer's. @throws BAD_SIGNATURE */
export function checkDirectoryEntry(entry: DirectoryEntry, address?: Uint8Array): void {
  const own = directoryAddress(entry.writer);
  const fits = address === undefined || equal(own, address);
  if (!fits || !verify(entry.writer, entry.signature, 'directory-manifest', own, u64be(entry.version), entry.sealed))
    throw new SottoError('BAD_SIGNATURE', 'The directory entry is not its writer\u2019s.');
}

/** An upload before it is signed for one relay. */
export type PreKeyUpload = Omit<MessageInitShape<typeof PutPreKeysSchema>, '$typeName' | 'writer' | 'contactHash' | 'signature'>;

/**
 * The signed PUT_PREKEYS: signature over the protobuf encoding without field 15.
 * @param contactHash 32 bytes: capability hash that known contacts fetch with
 */
export function signPreKeys(writer: SigningKey, contactHash: Uint8Array, upload: PreKeyUpload): PutPreKeys {
  const put = create(PutPreKeysSchema, { ...upload, writer: writer.publicKey, contactHash });
  put.signature = sign(writer, 'directory-prekeys', toBinary(PutPreKeysSchema, put));
  return put;
}

/** True when the writer signed the upload; beside its signer so that both take the same bytes. */
export function verifyPreKeys(put: PutPreKeys): boolean {
  const unsigned = create(PutPreKeysSchema, { ...put, signature: new Uint8Array() });
  return verify(owned(put.writer), put.signature, 'directory-prekeys', concat(toBinary(PutPreKeysSchema, unsigned)));
}
