// Reads what the other side of a direct connection asks and answers: every length and count checked, nothing trusted.
import type { Bytes } from '../base/bytes.ts';
import { refusalName } from '../wire/codes.ts';
import {
  ContactSchema,
  GetContactSchema,
  OfferSchema,
  PutInboxSchema,
  PutSlotSchema,
  RefusedSchema,
  TakenSchema,
  WelcomeSchema,
} from '../wire/gen/direct_pb.ts';
import { type PreKeyBundle, PreKeyBundleSchema } from '../wire/gen/relay_pb.ts';
import { HASH_BYTES, MAX_DEVICES, MAX_ENVELOPE_BYTES, MAX_MANIFEST_BYTES, MAX_RUN, MAX_SLOT_BYTES } from '../wire/limits.ts';
import { decode, exact, integer, several, within } from '../wire/proto.ts';
import { MINOR_MAX, MINOR_MIN } from '../wire/version.ts';
import type { DirectContact, DirectRefusal } from './direct-calls.ts';

/** Bytes that name a conversation. */
const CONVERSATION_BYTES = 16;

/** The link capability of a contact request, 32 bytes. @throws MALFORMED */
export function readGetContact(payload: Bytes): Bytes {
  return exact(decode(GetContactSchema, payload, 'contact request').link, HASH_BYTES, 'contact request');
}

/** An envelope for the inbox behind a link. @throws MALFORMED, TOO_LARGE */
export function readPutInbox(payload: Bytes): { readonly link: Bytes; readonly envelope: Bytes } {
  const put = decode(PutInboxSchema, payload, 'inbox entry');
  return { link: exact(put.link, HASH_BYTES, 'inbox entry'), envelope: within(put.envelope, 1, MAX_ENVELOPE_BYTES, 'inbox entry') };
}

/** The envelopes of an offer, in their order. @throws MALFORMED, TOO_LARGE */
export function readOffer(payload: Bytes): { readonly conversation: Bytes; readonly envelopes: readonly Bytes[] } {
  const offer = decode(OfferSchema, payload, 'offer');
  return {
    conversation: exact(offer.conversation, CONVERSATION_BYTES, 'offer'),
    envelopes: several(offer.envelopes, MAX_RUN, 'offer').map((envelope) => within(envelope, 1, MAX_ENVELOPE_BYTES, 'offered envelope')),
  };
}

/** A sealed slot of a conversation. @throws MALFORMED, TOO_LARGE */
export function readPutSlot(payload: Bytes): { readonly conversation: Bytes; readonly value: Bytes } {
  const put = decode(PutSlotSchema, payload, 'slot');
  return { conversation: exact(put.conversation, CONVERSATION_BYTES, 'slot'), value: within(put.value, 1, MAX_SLOT_BYTES, 'slot') };
}

/** What a link opens at a peer. @throws MALFORMED, TOO_LARGE */
export function readContact(payload: Bytes): DirectContact {
  const contact = decode(ContactSchema, payload, 'contact');
  const bundle = (bytes: Uint8Array): PreKeyBundle => decode(PreKeyBundleSchema, bytes, 'prekey bundle');
  return {
    sealedManifest: within(contact.sealedManifest, 1, MAX_MANIFEST_BYTES, 'contact'),
    bundles: several(contact.bundles, MAX_DEVICES, 'list of prekey bundles').map(bundle),
  };
}

/** The ids that are on disk at the peer, 32 bytes each; the caller compares them with what it offered. @throws MALFORMED, TOO_LARGE */
export function readTaken(payload: Bytes): readonly Bytes[] {
  return several(decode(TakenSchema, payload, 'taken list').ids, MAX_RUN, 'taken list').map((id) => exact(id, HASH_BYTES, 'taken list'));
}

/** The minor version the peer chose. @throws MALFORMED for one that was not offered */
export function readDirectWelcome(payload: Bytes): number {
  return integer(decode(WelcomeSchema, payload, 'welcome').minor, MINOR_MIN, MINOR_MAX, 'welcome');
}

/** A peer's "no", with a detail that is safe to print. @throws MALFORMED */
export function readDirectRefusal(payload: Bytes): DirectRefusal {
  const refused = decode(RefusedSchema, payload, 'refusal');
  return { name: refusalName(refused.code), detail: refused.detail.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 200) };
}
