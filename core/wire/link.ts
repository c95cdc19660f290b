// The invite link: "sotto:invite/" and base64url, one line that fits a QR code. It is a bearer key to an inbox (H5):
// it must never be logged, and nothing in it is believed about the account until the manifest was checked.
import { createRequire } from 'node:module';
import { type Bytes, base64url, concat, equal, safeNumber } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { labelledHash } from '../base/hash.ts';
import { LINK_PREFIX, linkBodies } from '../base/pasted-link.ts';
import { type InviteLink, InviteLinkSchema } from './gen/identity_pb.ts';
import {
  HASH_BYTES,
  LINK_CHECK_BYTES,
  MAX_ADDRESS_BYTES,
  MAX_LINK_CHARS,
  MAX_LINK_DIRECT,
  MAX_LINK_RELAYS,
  MAX_PASTED_CHARS,
} from './limits.ts';
import { decode, encode, exact, integer } from './proto.ts';

/** The layout of a link's payload. */
export const LINK_FORMAT = 1;

/** What a link says. Hashes and keys have 32 bytes. */
export interface Invite {
  /** The account that invites. */
  readonly root: Bytes;
  /** A manifest with a lower version is refused (H4); 1 or more. */
  readonly manifestVersion: number;
  /** The link's own append capability; secret. */
  readonly capability: Bytes;
  /** Opens the sealed manifest; secret. */
  readonly profileKey: Bytes;
  /** Multiaddrs with /p2p/ of relays that hold the inbox; 0..2, and at least one address in all. */
  readonly relays: readonly string[];
  /** Multiaddrs with /p2p/ of the device itself; 0..4. */
  readonly direct: readonly string[];
  /** ms since 1970, whole seconds. */
  readonly expires: number;
  readonly public: boolean;
}

/**
 * The link as one line of text.
 * @throws BAD_INPUT for an impossible part, TOO_LARGE above MAX_LINK_CHARS (leave out direct addresses then)
 */
export function encodeLink(invite: Invite): string {
  const payload = encode(InviteLinkSchema, {
    format: LINK_FORMAT,
    root: invite.root,
    manifestVersion: BigInt(invite.manifestVersion),
    capability: invite.capability,
    profileKey: invite.profileKey,
    relays: invite.relays.map(binaryAddress),
    direct: invite.direct.map(binaryAddress),
    expires: BigInt(Math.floor(invite.expires / 1000)),
    public: invite.public,
  });
  try {
    checkedInvite(decode(InviteLinkSchema, payload, 'link'));
  } catch (cause) {
    throw new SottoError('BAD_INPUT', 'An invite link cannot be made of this.', cause);
  }
  const line = LINK_PREFIX + base64url(concat(payload, checkBytes(payload)));
  if (line.length > MAX_LINK_CHARS) throw new SottoError('TOO_LARGE', 'The invite link has too many addresses to fit a QR code.');
  return line;
}

/**
 * Reads a link as somebody pasted it: words, quotes or brackets around it and line breaks inside do not matter.
 * Whether it has expired is for the caller, who has a clock. @throws BAD_LINK
 */
export function decodeLink(pasted: string): Invite {
  try {
    return checkedInvite(decode(InviteLinkSchema, payloadIn(pasted), 'link'));
  } catch (cause) {
    // The cause is left out: its text could carry a part of the secret.
    if (cause instanceof SottoError && cause.code === 'BAD_LINK') throw cause;
    throw new SottoError('BAD_LINK');
  }
}

function payloadIn(pasted: string): Bytes {
  if (pasted.length > MAX_PASTED_CHARS) throw new SottoError('BAD_LINK');
  let isLink = false;
  for (const body of linkBodies(pasted, MAX_LINK_CHARS - LINK_PREFIX.length)) {
    isLink = true;
    const bytes = new Uint8Array(Buffer.from(body, 'base64url'));
    const payload = bytes.slice(0, -LINK_CHECK_BYTES);
    if (base64url(bytes) === body && equal(bytes.slice(-LINK_CHECK_BYTES), checkBytes(payload))) return payload;
  }
  throw isLink ? new SottoError('BAD_LINK') : new SottoError('BAD_LINK', 'This is not an invite link.');
}

/** Four bytes against a cut or mistyped link; no protection against anybody. */
function checkBytes(payload: Uint8Array): Bytes {
  return labelledHash('link', payload).slice(0, LINK_CHECK_BYTES);
}

function checkedInvite(link: InviteLink): Invite {
  if (link.format !== LINK_FORMAT) throw new SottoError('BAD_LINK', 'The invite link was made by a newer version of Sotto.');
  if (link.relays.length > MAX_LINK_RELAYS || link.direct.length > MAX_LINK_DIRECT || link.relays.length + link.direct.length === 0) {
    throw new SottoError('BAD_LINK');
  }
  return {
    root: exact(link.root, HASH_BYTES, 'link'),
    manifestVersion: integer(link.manifestVersion, 1, Number.MAX_SAFE_INTEGER, 'link'),
    capability: exact(link.capability, HASH_BYTES, 'link'),
    profileKey: exact(link.profileKey, HASH_BYTES, 'link'),
    relays: link.relays.map(textAddress),
    direct: link.direct.map(textAddress),
    expires: integer(safeNumber(link.expires) * 1000, 1000, Number.MAX_SAFE_INTEGER, 'link'),
    public: link.public,
  };
}

type Multiaddrs = typeof import('@multiformats/multiaddr');

/** Loaded on first use: it costs some 35 ms, and most commands never see a link. */
function multiaddrs(): Multiaddrs {
  return createRequire(import.meta.url)('@multiformats/multiaddr') as Multiaddrs;
}

function binaryAddress(address: string): Uint8Array {
  try {
    return multiaddrs().multiaddr(address).bytes;
  } catch (cause) {
    throw new SottoError('BAD_INPUT', 'An address is not a multiaddr.', cause);
  }
}

/** The address as text, with the other side's Ed25519 PeerId at its end: Noise then refuses anybody else. */
function textAddress(binary: Uint8Array): string {
  const address = multiaddrs().multiaddr(binary).toString();
  if (address.length > MAX_ADDRESS_BYTES || !/\/p2p\/12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/.test(address)) throw new SottoError('BAD_LINK');
  return address;
}
