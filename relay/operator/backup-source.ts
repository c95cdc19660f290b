// Where the records of a backup come from: the relay that runs in the folder, over the socket that its operator alone can open, or the store itself
// when none runs. Neither changes anything.

import { access } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { isSottoError, SottoError } from '../../core/base/errors.ts';
import { storeFolder } from '../data.ts';
import { assertReadable } from '../store/layout.ts';
import { LevelDisk } from '../store/level-disk.ts';
import { readAll } from '../store/read.ts';
import { adminSocket } from './admin.ts';
import { encodePairs, SNAPSHOT_PAGE } from './backup-pairs.ts';

/** How long the relay may be silent, ms: one under full load, on a slow disk. */
const SILENT_MS = 60_000;
const BUSY = 'Another backup of this relay is being made.';
const OLDER = 'The relay that runs here is an older one; stop it for the backup, or start this one.';

/** The records as a stream (backup-pairs.ts). */
export interface Source {
  /** Whether a relay runs there. */
  readonly running: boolean;
  readonly pieces: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Opens the store of a relay to be copied. @throws NOT_FOUND, STORE_LOCKED, STORE_NEWER, STORE_DAMAGED, REFUSED by an older relay that runs */
export async function openSource(data: string): Promise<Source> {
  for (const path of [join(data, 'key'), storeFolder(data)]) {
    await access(path).catch(() => {
      throw new SottoError('NOT_FOUND', 'There is no relay in this folder, or it has not run yet.');
    });
  }
  return (await fromRelay(data)) ?? fromStore(data);
}

async function fromRelay(data: string): Promise<Source | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Source | null>();
  const asked = request({ socketPath: adminSocket(data), path: SNAPSHOT_PAGE, timeout: SILENT_MS }, (response) => {
    if (response.statusCode === 200) return resolve({ running: true, pieces: response, close: async () => void asked.destroy() });
    asked.destroy();
    reject(new SottoError('REFUSED', response.statusCode === 409 ? BUSY : OLDER));
  });
  asked.on('timeout', () => asked.destroy(new SottoError('TIMEOUT', 'The relay is there, but does not answer.')));
  asked.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'EINVAL') resolve(null);
    else reject(error);
  });
  asked.end();
  return promise;
}

async function fromStore(data: string): Promise<Source> {
  const disk = new LevelDisk(storeFolder(data));
  try {
    await disk.open();
    await assertReadable(disk);
  } catch (error) {
    await disk.close();
    if (!isSottoError(error, 'STORE_LOCKED')) throw error;
    throw new SottoError(
      'STORE_LOCKED',
      'The relay runs, but has no socket in its folder (see admin-unavailable in its log); stop it for the backup.',
    );
  }
  return { running: false, pieces: encodePairs(readAll(disk)), close: () => disk.close() };
}
