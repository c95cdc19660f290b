// The id of a message: one for everybody, from who wrote it and the inner id they chose.
import { hex, u32be } from '../base/bytes.ts';
import { labelledHash } from '../base/hash.ts';

/** 16 bytes of a hash over author account (32 bytes), device (1..127) and inner id (16 bytes), as hex. */
export function messageId(root: Uint8Array, device: number, inner: Uint8Array): string {
  return hex(labelledHash('message', root, u32be(device), inner).subarray(0, 16));
}
