// The fields of one protobuf message, walked without building it: for whoever needs one or two of them, or starts too quickly to load a codec.
// Bytes from outside: nothing is read beyond their end.

/** Wire types of protobuf that occur here; groups are of another century. */
const TYPE = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;
/** Bytes of the longest varint. */
const MAX_VARINT = 10;

/**
 * Calls `visit` for each field in order, with its bytes where it is length-delimited, else null.
 * @throws TypeError for a broken message, after the fields in front of the break were visited
 */
export function readFields(bytes: Uint8Array, visit: (field: number, value: Uint8Array | null) => void): void {
  const reader = new Reader(bytes);
  while (!reader.atEnd) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    if (field < 1 || tag > 0xffff_ffff) throw new TypeError('no field of protobuf');
    visit(field, reader.value(tag % 8));
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Exact up to 2^53; what is larger is only ever skipped or refused. */
  varint(): number {
    let value = 0;
    let unit = 1;
    for (let length = 0; length < MAX_VARINT; length += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
    throw new TypeError('no varint');
  }

  value(type: number): Uint8Array | null {
    if (type === TYPE.BYTES) return this.#take(this.varint());
    if (type === TYPE.VARINT) this.varint();
    else if (type === TYPE.FIXED64) this.#take(8);
    else if (type === TYPE.FIXED32) this.#take(4);
    else throw new TypeError('no wire type of protobuf');
    return null;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new TypeError('a field ends behind its message');
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }
}
