// Who this peer is: made once, read from the store when the peer opens, replaced as a whole when the manifest changes.

import { random } from '../base/clock.ts';
import { signingKey } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { createDevice, parseDevice, serializeDevice } from '../session/device.ts';
import { holdManifest } from '../session/held.ts';
import { deviceBinding, openManifest, signManifest } from '../session/manifest.ts';
import { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { directoryAddress } from '../wire/capability.ts';
import { checkGivenName } from '../wire/names.ts';
import type { Self } from './parts.ts';
import type { AccountRecord } from './people-records.ts';
import { bytesOf, fieldOf, keys, readRecord, writeRecord } from './records.ts';

/** Device id of an account's first device. */
const FIRST_DEVICE = 1;

/** Makes an account and its first device in an empty store, in one commit. @throws BAD_INPUT for a name that is none, ALREADY */
export async function makeAccount(store: Store, name: string): Promise<void> {
  checkGivenName(name);
  if ((await store.get(keys.account())) !== null) throw new SottoError('ALREADY', 'There is an account in this home already.');
  const root = signingKey();
  const directory = signingKey();
  const device = createDevice(root.publicKey, FIRST_DEVICE);
  const manifest = signManifest(root, {
    version: 1,
    devices: [deviceBinding(device)],
    relays: [],
    directory: directoryAddress(directory.publicKey),
  });
  const record: AccountRecord = {
    name,
    rootSeed: fieldOf(root.seed),
    directorySeed: fieldOf(directory.seed),
    profileKey: fieldOf(random(32)),
    contactCapability: fieldOf(random(32)),
    device: fieldOf(serializeDevice(device)),
    manifest: fieldOf(manifest.bytes),
    cloned: false,
  };
  const change = new Change(store);
  await holdManifest(change, manifest);
  writeRecord(change, keys.account(), record);
  await change.commit();
}

/** Reads who we are. @throws NO_HOME, STORE_DAMAGED */
export async function loadSelf(store: Store | Change): Promise<Self> {
  const record = await readRecord<AccountRecord>(store, keys.account());
  if (record === null) throw new SottoError('NO_HOME');
  const rootKey = signingKey(bytesOf(record.rootSeed));
  return {
    name: record.name,
    me: parseDevice(bytesOf(record.device)),
    rootKey,
    directoryKey: signingKey(bytesOf(record.directorySeed)),
    profileKey: bytesOf(record.profileKey),
    contactCapability: bytesOf(record.contactCapability),
    manifest: openManifest(bytesOf(record.manifest), rootKey.publicKey),
    cloned: record.cloned,
  };
}

/** Signs the next manifest with these home relays, as part of `change`; answers who we are then. */
export async function changeRelays(change: Change, self: Self, relays: readonly string[]): Promise<Self> {
  const manifest = signManifest(self.rootKey, {
    version: self.manifest.version + 1,
    devices: [deviceBinding(self.me)],
    relays,
    directory: self.manifest.directory,
  });
  await holdManifest(change, manifest);
  await updateAccount(change, { manifest: fieldOf(manifest.bytes) });
  return { ...self, manifest };
}

/** Changes fields of the account's record. */
export async function updateAccount(change: Change, fields: Partial<AccountRecord>): Promise<void> {
  const record = await readRecord<AccountRecord>(change, keys.account());
  if (record === null) throw new SottoError('NO_HOME');
  writeRecord(change, keys.account(), { ...record, ...fields });
}
