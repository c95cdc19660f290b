// Reads what a relay answers and pushes: every length checked, every head's signature verified. Nothing here trusts the relay.
import { type Bytes, equal, safeNumber } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { refusalName } from '../wire/codes.ts';
import { envelopeId } from '../wire/envelope.ts';
import {
  HeadSchema,
  ManifestBlobSchema,
  OpenedSchema,
  type PreKeyBundle,
  PreKeyBundlesSchema,
  PreKeyCountSchema,
  RefusedSchema,
  SlotSchema,
  SubscribedSchema,
  WelcomeSchema,
  type SignedHead as WireSignedHead,
} from '../wire/gen/relay_pb.ts';
import { verifyHead } from '../wire/head.ts';
import { decodeEntries, decodeStamped, type WireStamp } from '../wire/hot.ts';
import { HASH_BYTES, MAX_DEVICES, MAX_MANIFEST_BYTES, MAX_SLOT_BYTES, MAX_SLOTS } from '../wire/limits.ts';
import { decode, exact, exactOrEmpty, integer, present, several, within } from '../wire/proto.ts';
import { MINOR_MAX, MINOR_MIN } from '../wire/version.ts';
import type {
  AppendAnswer,
  Entries,
  ManifestBlob,
  OpenedLog,
  Refusal,
  RelayTerms,
  SignedHead,
  SlotPush,
  Subscribed,
} from './relay-connection.ts';

/** Characters of a refusal's detail that are kept. */
const MAX_DETAIL_CHARS = 200;
/** Longest advice to wait that is believed, ms: a relay cannot silence a peer for years. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** Reads answers of one relay. Every method throws MALFORMED or TOO_LARGE for what does not follow the protocol. */
export class RelayAnswers {
  readonly #relayKey: Bytes;

  /** @param relayKey the Ed25519 public key inside the relay's PeerId, 32 bytes */
  constructor(relayKey: Bytes) {
    this.#relayKey = relayKey;
  }

  /** @param log the log it must be of, when that is known */
  refusal(payload: Bytes, log: Bytes | null): Refusal {
    const refused = decode(RefusedSchema, payload, 'refusal');
    return {
      name: refusalName(refused.code),
      detail: plain(refused.detail),
      retryAfter: Math.min(safeNumber(refused.retryAfter), MAX_RETRY_AFTER_MS),
      head: refused.head === undefined ? null : this.#signedHead(refused.head, log),
    };
  }

  subscribed(payload: Bytes, log: Bytes): Subscribed {
    const answer = decode(SubscribedSchema, payload, 'subscription');
    const head = this.#signedHead(present(answer.head, 'subscription'), log);
    // A floor above the head would move our cursor to where no entry ever comes.
    const floor = integer(answer.floor, 0, head.seq, 'subscription');
    return {
      floor,
      floorChain:
        floor === 0 ? exactOrEmpty(answer.floorChain, HASH_BYTES, 'subscription') : exact(answer.floorChain, HASH_BYTES, 'subscription'),
      head,
      cursor: safeNumber(answer.cursor),
      slots: integer(answer.slots, 0, MAX_SLOTS, 'subscription'),
    };
  }

  /** @param seq the entry asked for; 0: the newest */
  head(payload: Bytes, log: Bytes, seq: number): SignedHead {
    const head = this.#signedHead(present(decode(HeadSchema, payload, 'head').head, 'head'), log);
    if (seq !== 0 && head.seq !== seq) throw new SottoError('MALFORMED', 'The relay answered with the head of another entry.');
    return head;
  }

  /** A pushed run, of the log that `logOf` names for its handle; null when that is unknown. Its head is not checked yet: `isSigned`. */
  entries(payload: Bytes, logOf: (handle: number) => Bytes | null): { readonly handle: number; readonly run: Entries } | null {
    const run = decodeEntries(payload);
    const log = logOf(run.handle);
    if (log === null) return null;
    const head = { log, ...run.head };
    return { handle: run.handle, run: { head, entries: run.entries.map((entry, at) => ({ seq: run.first + at, ...entry })) } };
  }

  #signedHead(wire: WireSignedHead, log: Bytes | null): SignedHead {
    const head = {
      log: exact(wire.log, HASH_BYTES, 'head'),
      seq: safeNumber(wire.seq),
      chain: exact(wire.chain, HASH_BYTES, 'head'),
      time: safeNumber(wire.time),
      signature: exact(wire.signature, 64, 'head'),
    };
    if (log !== null && !equal(head.log, log)) throw new SottoError('MALFORMED', 'The relay answered with the head of another log.');
    return this.#checked(head);
  }

  /** True when the relay signed the head of a pushed run. */
  isSigned(head: SignedHead): boolean {
    return verifyHead(this.#relayKey, head, head.signature);
  }

  #checked(head: SignedHead): SignedHead {
    if (!this.isSigned(head)) throw new SottoError('MALFORMED', 'A head does not carry the signature of the relay.');
    return head;
  }
}

/** @throws MALFORMED, also for a minor version that was not offered */
export function readWelcome(payload: Bytes): RelayTerms {
  const welcome = decode(WelcomeSchema, payload, 'welcome');
  return {
    minor: integer(welcome.minor, MINOR_MIN, MINOR_MAX, 'welcome'),
    incarnation: exact(welcome.incarnation, 16, 'welcome'),
    lifetime: safeNumber(welcome.lifetime),
    window: welcome.window,
    open: welcome.open,
    time: safeNumber(welcome.time),
    wakeKey: exactOrEmpty(welcome.wakeKey, 65, 'welcome'),
  };
}

/** @param log the log that was asked for; null for a link, whose inbox stays unnamed @throws MALFORMED */
export function readOpened(payload: Bytes, log: Bytes | null): OpenedLog {
  const opened = decode(OpenedSchema, payload, 'opened log');
  const named = exactOrEmpty(opened.log, log === null ? 0 : HASH_BYTES, 'opened log');
  if (log !== null && !equal(named, log)) throw new SottoError('MALFORMED', 'The relay opened another log.');
  return { handle: opened.handle, log: named, head: safeNumber(opened.head), closed: opened.closed };
}

/** @throws MALFORMED when a stamp is not for the envelope that was sent (C2), or there are more stamps than envelopes, or too few without a reason */
export function readStamped(payload: Bytes, handle: number, envelopes: readonly Bytes[]): AppendAnswer {
  const stamped = decodeStamped(payload);
  const missing = envelopes.length - stamped.stamps.length;
  if (stamped.handle !== handle || missing < 0 || missing > 0 !== stamped.refusal > 0) throw badStamps();
  const fits = (stamp: WireStamp, at: number) => equal(stamp.id, envelopeId(envelopes[at] ?? new Uint8Array()));
  if (!stamped.stamps.every(fits)) throw badStamps();
  const retryAfter = Math.min(stamped.retryAfter, MAX_RETRY_AFTER_MS);
  const refusal = missing === 0 ? null : { name: refusalName(stamped.refusal), detail: '', retryAfter, head: null };
  return { stamps: stamped.stamps, refusal };
}

/** @throws MALFORMED, TOO_LARGE */
export function readSlot(payload: Bytes): { readonly handle: number; readonly slot: SlotPush } {
  const slot = decode(SlotSchema, payload, 'slot');
  const reader = exact(slot.reader, HASH_BYTES, 'slot');
  return { handle: slot.handle, slot: { reader, counter: safeNumber(slot.counter), value: within(slot.value, 1, MAX_SLOT_BYTES, 'slot') } };
}

/** @throws MALFORMED, TOO_LARGE */
export function readManifest(payload: Bytes): ManifestBlob {
  const blob = decode(ManifestBlobSchema, payload, 'manifest');
  return {
    writer: exact(blob.writer, HASH_BYTES, 'manifest'),
    version: safeNumber(blob.version),
    sealed: within(blob.sealed, 1, MAX_MANIFEST_BYTES, 'manifest'),
    signature: exact(blob.signature, 64, 'manifest'),
  };
}

/** @throws MALFORMED, TOO_LARGE */
export function readPreKeys(payload: Bytes): PreKeyBundle[] {
  return [...several(decode(PreKeyBundlesSchema, payload, 'prekey bundles').bundles, MAX_DEVICES, 'list of prekey bundles')];
}

/** @throws MALFORMED */
export function readPreKeyCount(payload: Bytes): { readonly oneTime: number; readonly oneTimeKyber: number; readonly counter: number } {
  const count = decode(PreKeyCountSchema, payload, 'prekey count');
  return { oneTime: count.oneTime, oneTimeKyber: count.oneTimeKyber, counter: safeNumber(count.counter) };
}

function badStamps(): SottoError {
  return new SottoError('MALFORMED', 'The stamps of the relay do not fit what was sent.');
}

// For a terminal: no control characters, no marks that turn the direction of text.
function plain(detail: string): string {
  return detail.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, MAX_DETAIL_CHARS);
}
