// vault.json as bytes: slots and a checksum, so that a damaged file is told apart from a wrong passphrase. It holds no key in clear.
import * as v from 'valibot';
import { base64url, text, utf8 } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { labelledHash } from '../base/hash.ts';
import { MAX_BACKEND_CHARS, MAX_WRAPPED_CHARS } from './keyring.ts';
import type { Slot } from './slot.ts';

/** The format this program writes, and the newest it reads. */
export const VAULT_FORMAT = 1;
/** More than any home needs: passphrase, key file, keyring, and some. */
const MAX_SLOTS = 16;

const bytes = (length: number) => v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((length * 4) / 3)}}$`)));
/** nonce, 32-byte key, tag. */
const SEALED = bytes(24 + 32 + 16);
const SALT = bytes(32);
const power = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(2),
  v.check((n) => Number.isInteger(Math.log2(n))),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const slotSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('passphrase'), n: power, r: count, p: count, salt: SALT, sealed: SEALED }),
  v.strictObject({ kind: v.literal('key-file'), salt: SALT, sealed: SEALED }),
  v.strictObject({
    kind: v.literal('keyring'),
    backend: v.pipe(v.string(), v.maxLength(MAX_BACKEND_CHARS)),
    wrapped: v.pipe(v.string(), v.maxLength(MAX_WRAPPED_CHARS)),
    salt: SALT,
    sealed: SEALED,
  }),
]);
const fileSchema = v.strictObject({
  format: v.literal(VAULT_FORMAT),
  slots: v.pipe(v.array(slotSchema), v.minLength(1), v.maxLength(MAX_SLOTS)),
  check: v.string(),
});
const formatSchema = v.object({ format: v.number() });

/** The file's bytes. */
export function encodeVault(slots: readonly Slot[]): Uint8Array {
  return utf8(`${JSON.stringify({ format: VAULT_FORMAT, slots, check: checksum(slots) }, null, 2)}\n`);
}

/** The slots of a file. @throws STORE_DAMAGED when it is cut, garbled or of a newer format; the file is left as it is */
export function decodeVault(file: Uint8Array): readonly Slot[] {
  const value = json(file);
  if (v.is(formatSchema, value) && value.format > VAULT_FORMAT) {
    throw new SottoError('STORE_NEWER');
  }
  const parsed = v.safeParse(fileSchema, value);
  if (!parsed.success || parsed.output.check !== checksum(parsed.output.slots)) throw damaged();
  return parsed.output.slots;
}

function json(file: Uint8Array): unknown {
  try {
    return JSON.parse(text(file));
  } catch (cause) {
    throw damaged(cause);
  }
}

function checksum(slots: readonly Slot[]): string {
  return base64url(labelledHash('vault-check', utf8(JSON.stringify(slots))));
}

function damaged(cause?: unknown): SottoError {
  return new SottoError('STORE_DAMAGED', 'The file vault.json is damaged; put a copy of it back. Nothing else was touched.', cause);
}
