// Makes prekeys into a Change and gives back their public halves.
import { create } from '@bufbuild/protobuf';
import { KEMKeyPair, KyberPreKeyRecord, PreKeyRecord, PrivateKey, SignedPreKeyRecord } from '@signalapp/libsignal-client';
import type { Change } from '../store/change.ts';
import { type EcPreKey, EcPreKeySchema, type SignedPreKey, SignedPreKeySchema } from '../wire/gen/relay_pb.ts';
import type { DeviceKeys } from './device.ts';
import { writeEcPreKey, writeKyberPreKey, writeSignedPreKey } from './prekey-records.ts';
import type { PreKeyState } from './prekey-state.ts';

/** Makes the next signed EC prekey and last-resort Kyber prekey. @param now ms */
export function makeLasting(change: Change, me: DeviceKeys, state: PreKeyState, now: number): void {
  const signedId = takeIds(state, 1);
  const kyberId = takeIds(state, 1);
  writeSignedPreKey(change, signed(me, signedId, now));
  writeKyberPreKey(change, { record: kyber(me, kyberId, now), lastResort: true });
  state.signed.push({ kind: 'signed', first: signedId, count: 1, at: now, pool: state.pool });
  state.lastResort.push({ kind: 'last-resort', first: kyberId, count: 1, at: now, pool: state.pool });
}

/** Makes one-time EC prekeys. */
export function makeOneTimeEc(change: Change, state: PreKeyState, count: number, now: number): EcPreKey[] {
  const first = takeIds(state, count);
  if (count > 0) state.oneTime.push({ kind: 'ec', first, count, at: now, pool: state.pool });
  return Array.from({ length: count }, (_, index) => {
    const id = first + index;
    const key = PrivateKey.generate();
    const publicKey = key.getPublicKey();
    writeEcPreKey(change, PreKeyRecord.new(id, publicKey, key));
    return create(EcPreKeySchema, { id, publicKey: publicKey.serialize() });
  });
}

/** Makes one-time Kyber prekeys. */
export function makeOneTimeKyber(change: Change, me: DeviceKeys, state: PreKeyState, count: number, now: number): SignedPreKey[] {
  const first = takeIds(state, count);
  if (count > 0) state.oneTime.push({ kind: 'kyber', first, count, at: now, pool: state.pool });
  return Array.from({ length: count }, (_, index) => {
    const record = kyber(me, first + index, now);
    writeKyberPreKey(change, { record, lastResort: false });
    return publicHalf(record);
  });
}

/** The public half of a signed EC or a Kyber prekey. */
export function publicHalf(record: SignedPreKeyRecord | KyberPreKeyRecord): SignedPreKey {
  return create(SignedPreKeySchema, { id: record.id(), publicKey: record.publicKey().serialize(), signature: record.signature() });
}

/** Reserves consecutive ids and gives the first; none is ever given twice. */
function takeIds(state: PreKeyState, count: number): number {
  const first = state.nextId;
  state.nextId += count;
  return first;
}

function signed(me: DeviceKeys, id: number, now: number): SignedPreKeyRecord {
  const key = PrivateKey.generate();
  const publicKey = key.getPublicKey();
  return SignedPreKeyRecord.new(id, now, publicKey, key, me.identity.privateKey.sign(publicKey.serialize()));
}

function kyber(me: DeviceKeys, id: number, now: number): KyberPreKeyRecord {
  const pair = KEMKeyPair.generate();
  return KyberPreKeyRecord.new(id, now, pair, me.identity.privateKey.sign(pair.getPublicKey().serialize()));
}
