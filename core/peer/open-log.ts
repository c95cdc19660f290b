// Opens a home log at its relay; whoever has to make it makes it first.
import type { Answer, OpenedLog, RelayConnection } from '../net/relay-connection.ts';
import { capabilityHash, logCapabilities } from '../wire/capability.ts';
import { type B64, bytesOf, type EpochRecord } from './records.ts';

/** A handle with every right, or the relay's no. @param secret the conversation's @throws OFFLINE, TIMEOUT */
export async function openLog(connection: RelayConnection, epoch: EpochRecord, secret: B64): Promise<Answer<OpenedLog>> {
  const nonce = bytesOf(epoch.nonce);
  const capabilities = logCapabilities(bytesOf(secret), epoch.peerId, nonce);
  const proof = { log: bytesOf(epoch.log), ...capabilities };
  const opened = await connection.openLog(proof);
  if (opened.ok || opened.refusal.name !== 'NOT_FOUND' || !epoch.mine) return opened;
  const hashes = {
    read: capabilityHash(capabilities.read),
    append: capabilityHash(capabilities.append),
    manage: capabilityHash(capabilities.manage),
  };
  const created = await connection.createLog(nonce, hashes);
  return created.ok ? connection.openLog(proof) : created;
}
