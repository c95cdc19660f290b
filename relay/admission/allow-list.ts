// The allow-list: a file of PeerIds in the data folder, one a line, of the devices that may register. Looked at whenever one does, so that an edit
// counts at once; what stands in it is kept nowhere else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Its name in the data folder. */
export const ALLOW_LIST_FILE = 'allow-list';

/** True when this device may register. A line may hold a comment behind #. Without a file, or with one that cannot be read, nobody may. */
export async function isAllowed(data: string, peerId: string): Promise<boolean> {
  const text = await readFile(join(data, ALLOW_LIST_FILE), 'utf8').catch(() => '');
  return text.split(/\r?\n/).some((line) => line.split('#', 1)[0]?.trim() === peerId);
}
