// A signal: a word that is good for a moment, signed by the device, sealed for the members, all of one size. It must never mean anything that matters.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, equal, owned, safeNumber } from '../base/bytes.ts';
import { sign, verify } from '../base/ed25519.ts';
import { type SignalState, SignalStateSchema } from '../wire/gen/content_pb.ts';
import { SIGNAL_BYTES } from '../wire/limits.ts';
import type { DeviceAddress } from './address.ts';
import type { DeviceKeys } from './device.ts';
import type { CheckedManifest } from './manifest.ts';
import { openPadded, sealPadded } from './padded.ts';
import { GENERATION_ID_BYTES, generationId } from './wrap.ts';

/** First byte of a sealed signal. */
const LAYOUT = 1;
const FRONT_BYTES = 1 + GENERATION_ID_BYTES;

/** What a signal may say; another number is of a newer version and says nothing. */
export const SIGNAL_KIND = { TYPING: 1, NOT_TYPING: 2 } as const;

/** A signal whose signature was checked. */
export interface OpenedSignal extends DeviceAddress {
  /** By the relay's clock as its writer knew it, ms. */
  readonly time: number;
  readonly kind: number;
}

/**
 * `1 | generation id (16) | salt (32) | AES-256-GCM(padded SignalState)`, SIGNAL_BYTES. The signature covers the generation id, so that a
 * member cannot carry it into another conversation.
 * @param time higher than ever before by this device in this conversation, ms
 */
export function sealSignal(key: Uint8Array, me: DeviceKeys, time: number, kind: number): Bytes {
  const generation = generationId(key);
  const state = create(SignalStateSchema, { account: me.root, device: me.device, time: BigInt(time), kind });
  state.signature = sign(me.peer, 'signal', generation, toBinary(SignalStateSchema, state));
  return sealPadded(key, 'signal', concat(Uint8Array.of(LAYOUT), generation), toBinary(SignalStateSchema, state));
}

/** The generation id a sealed signal names, to find its key by; null when it is no signal. */
export function signalGeneration(value: Bytes): Bytes | null {
  return value[0] === LAYOUT && value.length === SIGNAL_BYTES ? value.slice(1, FRONT_BYTES) : null;
}

/**
 * Opens a signal and checks its writer against the members' manifests.
 * @returns null when it does not open, or was not signed by a device one of them lists. Never throws for hostile bytes
 */
export function openSignal(key: Uint8Array, value: Bytes, members: readonly CheckedManifest[]): OpenedSignal | null {
  const bytes = signalGeneration(value) === null ? null : openPadded(key, 'signal', FRONT_BYTES, value);
  if (bytes === null) return null;
  try {
    const state = fromBinary(SignalStateSchema, bytes);
    if (!isSigned(state, generationId(key), members)) return null;
    return { root: owned(state.account), device: state.device, time: safeNumber(state.time), kind: state.kind };
  } catch {
    return null;
  }
}

function isSigned(state: SignalState, generation: Bytes, members: readonly CheckedManifest[]): boolean {
  const manifest = members.find(({ root }) => equal(root, state.account));
  const writer = manifest?.devices.find(({ id }) => id === state.device);
  if (writer === undefined) return false;
  const unsigned = toBinary(SignalStateSchema, create(SignalStateSchema, { ...state, signature: new Uint8Array() }));
  return verify(writer.peer, state.signature, 'signal', generation, unsigned);
}
