// How far a device has taken and read a log: only ever grows, so readers merge by maximum and no order of arrival matters.
import { create } from '@bufbuild/protobuf';
import { type Bytes, owned, safeNumber } from '../base/bytes.ts';
import type { ChainPoint } from '../wire/chain.ts';
import { type Receipt, ReceiptSchema } from '../wire/gen/content_pb.ts';
import { isSeen } from './content.ts';

/** Exceptions one receipt may list: they must fit a slot; a writer with more lowers `delivered`. */
export const MAX_EXCEPTIONS = 128;

/** A device's signed word about one log, or about epoch 0, where there is no log. */
export interface ReceiptState {
  /** 32 bytes; empty for epoch 0. */
  readonly log: Bytes;
  /** Every entry up to here was opened, save the exceptions; null while nothing was. */
  readonly delivered: ChainPoint | null;
  /** Rising sequence numbers not above `delivered` that could not be opened. */
  readonly exceptions: readonly number[];
  /** Every entry up to here was read. */
  readonly read: number;
  readonly lamportDelivered: number;
  readonly lamportRead: number;
}

/** A receipt as it stands in a slot. */
export function encodeReceipt(state: ReceiptState): Receipt {
  const { delivered } = state;
  return create(ReceiptSchema, {
    ...(state.log.length === 0
      ? {}
      : { delivered: { log: state.log, seq: BigInt(delivered?.seq ?? 0), chain: delivered?.chain ?? new Uint8Array(32) } }),
    exceptions: state.exceptions.map(BigInt),
    read: BigInt(state.read),
    lamportDelivered: BigInt(state.lamportDelivered),
    lamportRead: BigInt(state.lamportRead),
  });
}

/** A receipt as read from outside. @throws MALFORMED for a number above 2^53-1; answers null when a bound is broken */
export function decodeReceipt(receipt: Receipt): ReceiptState | null {
  const { delivered: seen } = receipt;
  if (seen !== undefined && !isSeen(seen)) return null;
  const seq = seen === undefined ? 0 : safeNumber(seen.seq);
  const exceptions = receipt.exceptions.map(safeNumber);
  if (exceptions.length > MAX_EXCEPTIONS || !exceptions.every((at, index) => at > (exceptions[index - 1] ?? 0) && at <= seq)) return null;
  return {
    log: seen === undefined ? new Uint8Array() : owned(seen.log),
    delivered: seen === undefined || seq === 0 ? null : { seq, chain: owned(seen.chain) },
    exceptions,
    read: safeNumber(receipt.read),
    lamportDelivered: safeNumber(receipt.lamportDelivered),
    lamportRead: safeNumber(receipt.lamportRead),
  };
}
