// The newest manifest held of each account: what "trusted key" means everywhere below (C4). All of it goes through a Change.
import { type Bytes, concat, equal, hex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { Change } from '../store/change.ts';
import { accountUuid, type DeviceAddress } from './address.ts';
import { sessionKey } from './keys.ts';
import { type CheckedDevice, type CheckedManifest, compareManifests, keysOf, type ManifestOrder, readStoredManifest } from './manifest.ts';

/** What became of an offered manifest; 'first' and 'newer' were stored, the others changed nothing. */
export type Held = ManifestOrder | 'first';

/** The newest manifest held of an account, or null. @throws STORE_FAILED, STORE_DAMAGED */
export async function heldManifest(change: Change, root: Uint8Array): Promise<CheckedManifest | null> {
  const bytes = await change.get(sessionKey('manifest', root));
  return bytes === null ? null : readStoredManifest(bytes);
}

/** The device as the newest manifest held lists it, or null. @throws STORE_FAILED, STORE_DAMAGED */
export async function heldDevice(change: Change, { root, device }: DeviceAddress): Promise<CheckedDevice | null> {
  const manifest = await heldManifest(change, root);
  return manifest?.devices.find(({ id }) => id === device) ?? null;
}

/**
 * Stores a checked manifest when it is the account's first or newer than the held one. Sessions with devices that are no longer
 * listed end in the same change, so a session that exists is one with a listed device.
 * @throws IDENTITY_CHANGED for a second root key with a known account UUID; STORE_FAILED
 */
export async function holdManifest(change: Change, offered: CheckedManifest): Promise<Held> {
  const { root } = offered;
  await claimName(change, root);
  const held = await heldManifest(change, root);
  const order = held === null ? 'first' : compareManifests(held, offered);
  if (order !== 'first' && order !== 'newer') return order;
  if (await revivesRetired(change, offered)) return 'conflict';
  if (held === null) await listAccount(change, root);
  else await retire(change, held, offered);
  change.put(sessionKey('manifest', root), offered.bytes);
  return order;
}

async function claimName(change: Change, root: Bytes): Promise<void> {
  const key = sessionKey('name', accountUuid(root));
  const known = await change.get(key);
  if (known === null) change.put(key, root);
  else if (!equal(known, root)) throw new SottoError('IDENTITY_CHANGED', 'Two accounts share one libsignal name.');
}

/** Roots of all accounts whose manifest is held, 32 bytes each. */
export async function heldAccounts(change: Change): Promise<Bytes[]> {
  const list = (await change.get(sessionKey('accounts'))) ?? new Uint8Array();
  const roots: Bytes[] = [];
  for (let at = 0; at < list.length; at += 32) roots.push(list.slice(at, at + 32));
  return roots;
}

async function listAccount(change: Change, root: Bytes): Promise<void> {
  const list = (await change.get(sessionKey('accounts'))) ?? new Uint8Array();
  change.put(sessionKey('accounts'), concat(list, root));
}

const RETIRED_BYTES = 33;

function retiredEntry(device: CheckedDevice): Bytes {
  return concat(Uint8Array.of(device.id), sha256(Buffer.from(keysOf(device))));
}

async function retire(change: Change, held: CheckedManifest, offered: CheckedManifest): Promise<void> {
  const listed = new Set(offered.devices.map(({ id }) => id));
  const gone = held.devices.filter(({ id }) => !listed.has(id));
  if (gone.length === 0) return;
  const key = sessionKey('retired', held.root);
  change.put(key, concat((await change.get(key)) ?? new Uint8Array(), ...gone.map(retiredEntry)));
  for (const { id } of gone) change.delete(sessionKey('session', held.root, id));
}

/** An id that was ever used belongs to its first keys; it may come back only with the very same ones. */
async function revivesRetired(change: Change, offered: CheckedManifest): Promise<boolean> {
  const list = (await change.get(sessionKey('retired', offered.root))) ?? new Uint8Array();
  const retired = new Map<number, string>();
  for (let at = 0; at < list.length; at += RETIRED_BYTES) {
    retired.set(list[at] ?? 0, hex(list.subarray(at, at + RETIRED_BYTES)));
  }
  return offered.devices.some((device) => retired.has(device.id) && retired.get(device.id) !== hex(retiredEntry(device)));
}
