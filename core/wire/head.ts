// The relay's signed head of a log: what makes a fork provable (H1).
import { type Bytes, u64be } from '../base/bytes.ts';
import { type SigningKey, sign, verify } from '../base/ed25519.ts';

/** What is signed: log id (32), seq, chain(seq) (32), stamp time in ms. */
export interface HeadPoint {
  readonly log: Bytes;
  readonly seq: number;
  readonly chain: Bytes;
  readonly time: number;
}

/** Ed25519 by the relay's libp2p key over "sotto/head/1\0" || log || u64be(seq) || chain || u64be(time). */
export function signHead(relay: SigningKey, head: HeadPoint): Bytes {
  return sign(relay, 'head', head.log, u64be(head.seq), head.chain, u64be(head.time));
}

/** True when the relay with this Ed25519 public key (32 bytes) signed the head. */
export function verifyHead(relay: Uint8Array, head: HeadPoint, signature: Uint8Array): boolean {
  return verify(relay, signature, 'head', head.log, u64be(head.seq), head.chain, u64be(head.time));
}
