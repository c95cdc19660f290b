// A process to be killed: it brings a store to its next layout, where each entry becomes a byte longer, and says after every batch how far it came.
// Argument: the folder of the database.
import { writeSync } from 'node:fs';
import { concat } from '../../core/base/bytes.ts';
import { lineLog } from '../../core/base/log.ts';
import type { Disk } from '../../relay/store/disk.ts';
import { under } from '../../relay/store/keys.ts';
import { settle } from '../../relay/store/layout.ts';
import { LevelDisk } from '../../relay/store/level-disk.ts';

const disk = new LevelDisk(process.argv[2] ?? '', () => void writeSync(1, 'batch\n'));
await disk.open();
const longer = {
  over: under('entry'),
  change: ({ key, value }: { key: Uint8Array; value: Uint8Array }, batch: Pick<ReturnType<Disk['batch']>, 'put'>) =>
    batch.put(key, concat(value, Uint8Array.of(1))),
};
await settle(
  disk,
  lineLog(() => undefined),
  [longer],
);
await disk.close();
writeSync(1, 'done\n');
