// Capabilities: 32-byte secrets whose hashes a relay keeps. Derived per relay, so that one operator cannot act at another.
import { type Bytes, utf8 } from '../base/bytes.ts';
import { derive, labelledHash } from '../base/hash.ts';

/** The rights a log knows. */
export type Right = 'read' | 'append' | 'manage';

/** The three capabilities of one log, 32 bytes each. */
export type Capabilities = Readonly<Record<Right, Bytes>>;

/** What a relay keeps of a capability: `SHA-256("sotto/capability/1\0" || capability)`. */
export function capabilityHash(capability: Uint8Array): Bytes {
  return labelledHash('capability', capability);
}

/** A conversation's capabilities for one log: `HKDF(secret, nonce, "sotto/right/1\0" || relay PeerId || right)`. */
export function logCapabilities(secret: Uint8Array, relayPeerId: string, nonce: Uint8Array): Capabilities {
  const one = (right: Right) => derive(secret, nonce, 'right', 32, utf8(relayPeerId), utf8(`\0${right}`));
  return { read: one('read'), append: one('append'), manage: one('manage') };
}

/** The log's name follows from its capabilities, so nobody can squat it: SHA-256 over nonce and the three hashes. */
export function logId(nonce: Uint8Array, hashes: Readonly<Record<Right, Uint8Array>>): Bytes {
  return labelledHash('log', nonce, hashes.read, hashes.append, hashes.manage);
}

/** A reader's public id at one log: the hash of its reader capability. Acks, cursor and slot need the capability. */
export function readerId(reader: Uint8Array): Bytes {
  return labelledHash('reader', reader);
}

/** Address of a directory entry: the hash of its writer's Ed25519 public key. */
export function directoryAddress(writer: Uint8Array): Bytes {
  return labelledHash('directory', writer);
}

/** What a relay keeps of the secret that names a wake endpoint (32 bytes). */
export function wakeId(wake: Bytes): Bytes {
  return labelledHash('wake', wake);
}
