// What people say, to bytes and back: 16 random bytes, then the protobuf. Every bound is checked both ways.
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, safeNumber, utf8 } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { type Content, ContentSchema, type Epoch, type Seen } from '../wire/gen/content_pb.ts';
import { HASH_BYTES, MAX_ADDRESS_BYTES, MAX_MANIFEST_BYTES, MAX_TEXT_BYTES } from '../wire/limits.ts';
import { isName } from '../wire/names.ts';
import { CONTENT_SALT_BYTES } from './commit.ts';

/** Outer ids one new session may name. */
export const MAX_UNOPENED = 256;

/** Content bytes: 16 random || protobuf. Two calls never give the same bytes. @throws BAD_INPUT when a bound is broken */
export function encodeContent(content: Content): Bytes {
  const wrong = whatIsWrong(content);
  if (wrong !== null) throw new SottoError('BAD_INPUT', wrong);
  return concat(random(CONTENT_SALT_BYTES), toBinary(ContentSchema, content));
}

/**
 * Undoes encodeContent. `what.case` is undefined for a kind of a newer minor version.
 * @throws MALFORMED when a bound is broken
 */
export function decodeContent(contentBytes: Uint8Array): Content {
  let content: Content;
  try {
    if (contentBytes.length < CONTENT_SALT_BYTES) throw new TypeError('too short');
    content = fromBinary(ContentSchema, contentBytes.subarray(CONTENT_SALT_BYTES));
  } catch (cause) {
    throw new SottoError('MALFORMED', 'The content does not follow its schema.', cause);
  }
  const wrong = whatIsWrong(content);
  if (wrong !== null) throw new SottoError('MALFORMED', wrong);
  return content;
}

function whatIsWrong(content: Content): string | null {
  if (content.id.length !== 16) return 'The inner id has another length.';
  if (!isSafe(content.sentAt, content.lamport, content.manifestVersion)) return 'A number is too large.';
  if (content.manifestHash.length !== HASH_BYTES) return 'The manifest hash has another length.';
  if (content.seen !== undefined && !isSeen(content.seen)) return 'A point of a log is not one.';
  return wrongKind(content.what);
}

function wrongKind(what: Content['what']): string | null {
  switch (what.case) {
    case 'text':
      return isText(what.value.text) ? null : 'The text is empty, too long or not text.';
    case 'request':
      return isName(what.value.name) && what.value.linkHash.length === HASH_BYTES ? null : 'The request is not well formed.';
    case 'accept':
      return isAccept(what.value) ? null : 'The acceptance is not well formed.';
    case 'generation':
      return what.value.number >= 1 && what.value.key.length === 32 ? null : 'The generation is not well formed.';
    case 'manifestChange':
      return isBetween(what.value.signedManifest.length, 1, MAX_MANIFEST_BYTES) ? null : 'The manifest has an impossible size.';
    case 'newSession':
      return what.value.unopened.length <= MAX_UNOPENED && what.value.unopened.every((id) => id.length === HASH_BYTES)
        ? null
        : 'The list of unopened entries is not well formed.';
    case 'home':
      return what.value.epoch !== undefined && isEpoch(what.value.epoch) ? null : 'The home log is not well formed.';
    case 'reject':
    case undefined:
      return null;
  }
}

function isAccept({ name, conversation }: Extract<Content['what'], { case: 'accept' }>['value']): boolean {
  return (
    isName(name) &&
    conversation !== undefined &&
    conversation.id.length === 16 &&
    conversation.secret.length === 32 &&
    conversation.generationKey.length === 32 &&
    (conversation.epoch === undefined || isEpoch(conversation.epoch))
  );
}

function isEpoch(epoch: Epoch): boolean {
  const { relay } = epoch;
  const addressed = relay.startsWith('/') && relay.includes('/p2p/') && utf8(relay).length <= MAX_ADDRESS_BYTES;
  return epoch.number >= 1 && addressed && epoch.nonce.length === 16 && epoch.log.length === HASH_BYTES;
}

function isText(text: string): boolean {
  // A UTF-16 unit never takes more than 3 bytes: most texts need no counting.
  const fits = text.length * 3 <= MAX_TEXT_BYTES || Buffer.byteLength(text) <= MAX_TEXT_BYTES;
  return text.length > 0 && fits && text.isWellFormed();
}

/** True for a point of a log whose lengths and number are right. */
export function isSeen(seen: Seen): boolean {
  return seen.log.length === HASH_BYTES && seen.chain.length === HASH_BYTES && isSafe(seen.seq);
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function isSafe(...values: readonly bigint[]): boolean {
  try {
    for (const value of values) safeNumber(value);
    return true;
  } catch {
    return false;
  }
}
