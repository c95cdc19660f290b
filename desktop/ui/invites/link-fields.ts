// The few fields of an invite link that a person is told before it is used. A reader of protobuf no larger than that.

/** What is read of a link (core/wire/schema/identity.proto, InviteLink). */
export interface LinkFields {
  readonly format: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** s since 1970. */
  readonly expires: number;
  readonly public: boolean;
}

const ROOT_BYTES = 32;
const FIELD = { format: 1, root: 2, expires: 8, public: 9 } as const;

/** The fields, or null when the bytes are none of a link. */
export function linkFields(bytes: Uint8Array): LinkFields | null {
  const numbers = new Map<number, number>();
  const blocks = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 56; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (!Number.isSafeInteger(tag) || !Number.isSafeInteger(value)) return null;
    const field = Math.floor(tag / 8);
    if (tag % 8 === 0) numbers.set(field, value);
    else if (tag % 8 === 2 && at + value <= bytes.length) {
      blocks.set(field, bytes.subarray(at, at + value));
      at += value;
    } else return null;
  }
  const root = blocks.get(FIELD.root);
  if (root?.length !== ROOT_BYTES) return numbers.has(FIELD.format) && numbers.get(FIELD.format) !== 1 ? newer(numbers) : null;
  return {
    format: numbers.get(FIELD.format) ?? 0,
    root,
    expires: numbers.get(FIELD.expires) ?? 0,
    public: numbers.get(FIELD.public) === 1,
  };
}

// A later layout may name people otherwise; that it is a later one is all there is to say.
const newer = (numbers: ReadonlyMap<number, number>): LinkFields => ({
  format: numbers.get(FIELD.format) ?? 0,
  root: new Uint8Array(ROOT_BYTES),
  expires: 0,
  public: false,
});
