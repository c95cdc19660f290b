// Home logs of a conversation: their names follow from its secret, so both sides know them and nobody else can.
import { create } from '@bufbuild/protobuf';
import { equal } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { parseRelayLine } from '../net/relay-line.ts';
import { capabilityHash, logCapabilities, logId } from '../wire/capability.ts';
import { type Epoch, EpochSchema } from '../wire/gen/content_pb.ts';
import { type EpochRecord, fieldOf } from './records.ts';

/** What a log is created with at its relay. */
export interface LogHashes {
  readonly read: Uint8Array<ArrayBuffer>;
  readonly append: Uint8Array<ArrayBuffer>;
  readonly manage: Uint8Array<ArrayBuffer>;
}

/** A new home log at a relay. */
export function newEpoch(secret: Uint8Array, home: { readonly address: string; readonly peerId: string }, number: number): Epoch {
  const nonce = random(16);
  const log = logId(nonce, epochHashes(secret, home.peerId, nonce));
  return create(EpochSchema, { number, relay: home.address, nonce, log });
}

/** Hashes of the three capabilities of a conversation's log at a relay. */
export function epochHashes(secret: Uint8Array, peerId: string, nonce: Uint8Array): LogHashes {
  const capabilities = logCapabilities(secret, peerId, nonce);
  return {
    read: capabilityHash(capabilities.read),
    append: capabilityHash(capabilities.append),
    manage: capabilityHash(capabilities.manage),
  };
}

/** The PeerId of an epoch's relay, if the log's name follows from the secret at that relay; null otherwise. */
export function epochPeerId(secret: Uint8Array, epoch: Epoch): string | null {
  try {
    const { peerId } = parseRelayLine(epoch.relay);
    return equal(logId(epoch.nonce, epochHashes(secret, peerId, epoch.nonce)), epoch.log) ? peerId : null;
  } catch {
    return null;
  }
}

/** An epoch as kept, with a reader capability of our own. @param mine true where this side creates the log */
export function epochRecord(epoch: Epoch, peerId: string, mine: boolean): EpochRecord {
  return {
    number: epoch.number,
    relay: epoch.relay,
    peerId,
    nonce: fieldOf(epoch.nonce),
    log: fieldOf(epoch.log),
    reader: fieldOf(random(32)),
    mine,
  };
}
