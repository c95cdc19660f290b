// The relay's signed word about a point of a log (H1). Signed once per log and number, since many readers get the same head.

import { create } from '@bufbuild/protobuf';
import { type Bytes, hex } from '../core/base/bytes.ts';
import type { SigningKey } from '../core/base/ed25519.ts';
import { type SignedHead, SignedHeadSchema } from '../core/wire/gen/relay_pb.ts';
import { signHead } from '../core/wire/head.ts';
import type { WireHead } from '../core/wire/hot.ts';

/** Signatures kept: the newest head of the logs that are read just now, about 300 bytes each. */
const KEPT_SIGNATURES = 4_096;

/** A point of a log that is on disk. */
interface Point {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
}

/** Signs heads and remembers the latest signatures. */
export class Heads {
  readonly #key: SigningKey;
  readonly #signatures = new Map<string, Bytes>();

  constructor(key: SigningKey) {
    this.#key = key;
  }

  /** For the fixed layout of ENTRIES. */
  wire(log: Bytes, point: Point): WireHead {
    return { seq: point.seq, time: point.time, chain: point.chain, signature: this.#signature(log, point) };
  }

  /** For the answers in protobuf. */
  message(log: Bytes, point: Point): SignedHead {
    const { seq, time, chain } = point;
    return create(SignedHeadSchema, { log, seq: BigInt(seq), chain, time: BigInt(time), signature: this.#signature(log, point) });
  }

  // The chain stands in the name too: a log restored from a backup may have another one at the same number.
  #signature(log: Bytes, point: Point): Bytes {
    const name = `${hex(log)}${hex(point.chain)}${point.seq}`;
    const known = this.#signatures.get(name);
    if (known !== undefined) return known;
    const signature = signHead(this.#key, { log, ...point });
    this.#signatures.set(name, signature);
    if (this.#signatures.size > KEPT_SIGNATURES) this.#forgetOldest();
    return signature;
  }

  #forgetOldest(): void {
    for (const name of this.#signatures.keys()) {
      this.#signatures.delete(name);
      return;
    }
  }
}
