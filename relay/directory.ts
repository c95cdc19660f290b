// The directory: sealed manifests and the public half of prekeys, each written only by the holder of the key its address is the hash of.
import { type Bytes, u64be } from '../core/base/bytes.ts';
import { verify } from '../core/base/ed25519.ts';
import { capabilityHash, directoryAddress } from '../core/wire/capability.ts';
import { FRAME } from '../core/wire/frame.ts';
import {
  CountPreKeysSchema,
  GetManifestSchema,
  ManifestBlobSchema,
  PreKeyBundlesSchema,
  PreKeyCountSchema,
  PutManifestSchema,
  type PutPreKeys,
  PutPreKeysSchema,
  TakePreKeysSchema,
} from '../core/wire/gen/relay_pb.ts';
import { HASH_BYTES, MAX_MANIFEST_BYTES } from '../core/wire/limits.ts';
import { decode, encode, exact, integer, within } from '../core/wire/proto.ts';
import { checkedPreKeys, MAX_DEVICE } from './prekeys.ts';
import { done, held, type Reply, refused } from './reply.ts';
import { tooMuch, unregistered } from './rights.ts';
import type { Session } from './shared.ts';

const SIGNATURE_BYTES = 64;

/** What a link opens in the directory. */
interface LinkedAddress {
  readonly address: Bytes;
  readonly link: Bytes;
}

/** PUT_MANIFEST -> DONE, or STALE below the version that is there; needs a registration. */
export async function putManifest(session: Session, payload: Bytes): Promise<Reply> {
  const no = await unregistered(session);
  if (no !== null) return no;
  const asked = decode(PutManifestSchema, payload, 'manifest');
  const manifest = {
    writer: exact(asked.writer, HASH_BYTES, 'manifest'),
    version: integer(asked.version, 1, Number.MAX_SAFE_INTEGER, 'manifest'),
    sealed: within(asked.sealed, 1, MAX_MANIFEST_BYTES, 'manifest'),
    signature: exact(asked.signature, SIGNATURE_BYTES, 'manifest'),
  };
  const address = directoryAddress(manifest.writer);
  const signed = [address, u64be(manifest.version), manifest.sealed];
  if (!verify(manifest.writer, manifest.signature, 'directory-manifest', ...signed))
    return refused('CAPABILITY', 'The signature is wrong.');
  const late = tooMuchWritten(session, payload.length);
  if (late !== null) return late;
  const kept = await session.shared.store.putManifest(address, manifest);
  return kept ? done : refused('STALE', 'A newer manifest is here already.');
}

/** GET_MANIFEST -> MANIFEST, by address or by a link. */
export async function getManifest(session: Session, payload: Bytes): Promise<Reply> {
  const asked = decode(GetManifestSchema, payload, 'manifest request');
  const linked = asked.link.length > 0 ? await linkedAddress(session, exact(asked.link, HASH_BYTES, 'manifest request')) : null;
  if (linked !== null && 'type' in linked) return linked;
  const manifest = await session.shared.store.manifest(linked?.address ?? exact(asked.address, HASH_BYTES, 'manifest request'));
  if (manifest === null) return refused('NOT_FOUND', 'There is no manifest at this address.');
  const { writer, version, sealed, signature } = manifest;
  return { type: FRAME.MANIFEST, payload: encode(ManifestBlobSchema, { writer, version: BigInt(version), sealed, signature }) };
}

/** PUT_PREKEYS -> DONE, also for a repeat; STALE for a counter below the last; needs a registration. */
export async function putPreKeys(session: Session, payload: Bytes): Promise<Reply> {
  const no = await unregistered(session);
  if (no !== null) return no;
  const keys = checkedPreKeys(decode(PutPreKeysSchema, payload, 'prekeys'));
  if (!isSignedByWriter(keys)) return refused('CAPABILITY', 'The signature is wrong.');
  const { store } = session.shared;
  const late = tooMuchWritten(session, payload.length);
  if (late !== null) return late;
  const address = directoryAddress(keys.writer);
  if (await store.putPreKeys(address, keys)) return done;
  const { counter } = await store.countPreKeys(address, keys.device);
  return BigInt(counter) === keys.counter ? done : refused('STALE', 'A newer set of prekeys is here already.');
}

/** TAKE_PREKEYS -> PREKEYS: by a link (a few a day, never the reserve), or as a contact. */
export async function takePreKeys(session: Session, payload: Bytes): Promise<Reply> {
  const asked = decode(TakePreKeysSchema, payload, 'prekey request');
  const device = integer(asked.device, 0, MAX_DEVICE, 'prekey request');
  const linked = asked.link.length > 0 ? await linkedAddress(session, exact(asked.link, HASH_BYTES, 'prekey request')) : null;
  if (linked !== null && 'type' in linked) return linked;
  const { store } = session.shared;
  const taken = linked
    ? await store.takePreKeys(linked.address, device, null, linked.link)
    : await store.takePreKeys(
        exact(asked.address, HASH_BYTES, 'prekey request'),
        device,
        capabilityHash(exact(asked.contact, HASH_BYTES, 'prekey request')),
        null,
      );
  if (typeof taken === 'string') return refused(taken, 'No prekeys for this request.');
  return { type: FRAME.PREKEYS, payload: encode(PreKeyBundlesSchema, { bundles: [...taken] }) };
}

/** COUNT_PREKEYS -> PREKEY_COUNT: how many one-time keys are left, for the device that fills them up. */
export async function countPreKeys(session: Session, payload: Bytes): Promise<Reply> {
  const asked = decode(CountPreKeysSchema, payload, 'count request');
  const device = integer(asked.device, 1, MAX_DEVICE, 'count request');
  const count = await session.shared.store.countPreKeys(exact(asked.address, HASH_BYTES, 'count request'), device);
  return { type: FRAME.PREKEY_COUNT, payload: encode(PreKeyCountSchema, { ...count, counter: BigInt(count.counter) }) };
}

// What a registration writes it pays, and an open relay counts it for all together.
function tooMuchWritten(session: Session, bytes: number): Reply | null {
  const hold = session.meter.directory(bytes);
  return hold === null ? tooMuch(session.shared.admission.admitDirectory()) : held(hold, 'Too much was written to the directory.');
}

async function linkedAddress(session: Session, capability: Bytes): Promise<LinkedAddress | Reply> {
  const linkHash = capabilityHash(capability);
  const link = await session.shared.store.link(linkHash);
  if (link === null) return refused('NOT_FOUND', 'The link was revoked, or is not of this relay.');
  if (link.expires <= session.shared.clock.now()) return refused('EXPIRED', 'The link has expired.');
  if (link.directory.length === 0) return refused('CAPABILITY', 'The link does not open the directory.');
  return { address: link.directory, link: linkHash };
}

// Over the encoding without the signature itself: that field is left out when it is empty.
function isSignedByWriter(keys: PutPreKeys): boolean {
  const signed = encode(PutPreKeysSchema, { ...keys, signature: new Uint8Array(0) });
  return verify(keys.writer, keys.signature, 'directory-prekeys', signed);
}
