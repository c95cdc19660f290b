// Sealed manifests: what is kept is ciphertext.
import { type Bytes, concat, readU64, u64be } from '../../core/base/bytes.ts';
import type { Disk } from './disk.ts';
import { type Job, small } from './group-commit.ts';
import { keyOf, textOf } from './keys.ts';
import { demand, part, viewOf } from './records.ts';
import type { StoredManifest } from './store.ts';

/** Writer's public key (32), version (8), signature (64), then the sealed bytes. */
const MANIFEST_HEADER_BYTES = 32 + 8 + 64;

/** False when the stored version is higher, or equal with other bytes. */
export function putManifest(address: Bytes, manifest: StoredManifest): Job<boolean> {
  return small(manifest.sealed.length + 256, async (turn) => {
    const key = keyOf('manifest', address);
    const record = concat(manifest.writer, u64be(manifest.version), manifest.signature, manifest.sealed);
    const there = await turn.get(key);
    if (there !== null) {
      const version = readU64(viewOf(there), 32);
      if (version >= manifest.version) return version === manifest.version && textOf(there) === textOf(record);
    }
    turn.put(key, record);
    return true;
  });
}

/** The sealed manifest at an address (32 bytes), or null. @throws STORE_FAILED */
export async function readManifest(disk: Disk, address: Bytes): Promise<StoredManifest | null> {
  const record = await disk.get(keyOf('manifest', address));
  if (record === undefined) return null;
  demand(record, MANIFEST_HEADER_BYTES, false);
  const [writer, signature] = [part(record, 0, 32), part(record, 40, MANIFEST_HEADER_BYTES)];
  return { writer, version: readU64(viewOf(record), 32), sealed: part(record, MANIFEST_HEADER_BYTES, record.length), signature };
}
