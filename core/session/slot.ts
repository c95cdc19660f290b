// A device's slot beside a log: signed by the device, sealed for the members. One writer each; a lower counter is never believed.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, equal, owned, safeNumber } from '../base/bytes.ts';
import { sign, verify } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { type SlotState, SlotStateSchema } from '../wire/gen/content_pb.ts';
import { MAX_SLOT_BYTES } from '../wire/limits.ts';
import type { DeviceAddress } from './address.ts';
import type { DeviceKeys } from './device.ts';
import type { CheckedManifest } from './manifest.ts';
import { openPadded, SALT_BYTES, sealPadded } from './padded.ts';
import { decodeReceipt, encodeReceipt, type ReceiptState } from './receipt.ts';
import { GENERATION_ID_BYTES, generationId } from './wrap.ts';

/** First byte of a sealed slot. */
const LAYOUT = 1;
const FRONT_BYTES = 1 + GENERATION_ID_BYTES;
/** Receipts in one slot: the home log, the standby log, and those just before. */
export const MAX_RECEIPTS = 8;

/** A slot whose signature was checked. */
export interface OpenedSlot extends DeviceAddress {
  /** Rises with every writing. */
  readonly counter: number;
  readonly receipts: readonly ReceiptState[];
}

/**
 * `1 | generation id (16) | salt (32) | AES-256-GCM(padded SlotState)`. The signature covers the generation id as well, so a member
 * cannot carry somebody's slot into another conversation.
 * @param counter higher than ever before in this log
 * @throws TOO_LARGE
 */
export function sealSlot(key: Uint8Array, me: DeviceKeys, counter: number, receipts: readonly ReceiptState[]): Bytes {
  const generation = generationId(key);
  const state = create(SlotStateSchema, {
    account: me.root,
    device: me.device,
    counter: BigInt(counter),
    receipts: receipts.map(encodeReceipt),
  });
  state.signature = sign(me.peer, 'slot', generation, toBinary(SlotStateSchema, state));
  const value = sealPadded(key, 'slot', concat(Uint8Array.of(LAYOUT), generation), toBinary(SlotStateSchema, state));
  if (value.length > MAX_SLOT_BYTES) throw new SottoError('TOO_LARGE', 'The slot is too large.');
  return value;
}

/** The generation id a sealed slot names, to find its key by; null when it is no slot. */
export function slotGeneration(value: Bytes): Bytes | null {
  return value[0] === LAYOUT && value.length > FRONT_BYTES + SALT_BYTES ? value.slice(1, FRONT_BYTES) : null;
}

/**
 * Opens a slot and checks its writer against the members' manifests.
 * @returns null when it does not open, or was not signed by a device one of them lists. Never throws for hostile bytes
 */
export function openSlot(key: Uint8Array, value: Bytes, members: readonly CheckedManifest[]): OpenedSlot | null {
  const bytes = slotGeneration(value) === null ? null : openPadded(key, 'slot', FRONT_BYTES, value);
  if (bytes === null) return null;
  try {
    const state = fromBinary(SlotStateSchema, bytes);
    return isSigned(state, generationId(key), members) ? readSlot(state) : null;
  } catch {
    return null;
  }
}

function isSigned(state: SlotState, generation: Bytes, members: readonly CheckedManifest[]): boolean {
  const manifest = members.find(({ root }) => equal(root, state.account));
  const writer = manifest?.devices.find(({ id }) => id === state.device);
  if (writer === undefined) return false;
  const unsigned = toBinary(SlotStateSchema, create(SlotStateSchema, { ...state, signature: new Uint8Array() }));
  return verify(writer.peer, state.signature, 'slot', generation, unsigned);
}

function readSlot(state: SlotState): OpenedSlot | null {
  const receipts = state.receipts.map(decodeReceipt);
  if (receipts.length > MAX_RECEIPTS || !receipts.every((receipt) => receipt !== null)) return null;
  return { root: owned(state.account), device: state.device, counter: safeNumber(state.counter), receipts };
}
