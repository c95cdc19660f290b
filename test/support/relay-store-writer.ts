// A process to be killed: four writers appending to shared logs of one LevelDB store, a line on stdout for every stamp they were given.
// Arguments: folder, number of logs. It never ends by itself.

import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { hex } from '../../core/base/bytes.ts';
import { systemClock } from '../../core/base/clock.ts';
import { sha256 } from '../../core/base/hash.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import type { Submission } from '../../relay/store/store.ts';
import { logNamed } from './relay-store-logs.ts';

const WRITERS = 4;
const IN_FLIGHT = 8;
const [location = '', count = '50'] = process.argv.slice(2);
const logs = Array.from({ length: Number(count) }, (_, n) => logNamed(`shared ${n}`));
const store = new LevelRelayStore({ location, clock: systemClock });
await store.open();

async function lane(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const at = (n * 7 + writer) % logs.length;
    const envelope = new Uint8Array(randomBytes(300));
    const submission: Submission = {
      log: (logs[at] as { id: typeof envelope }).id,
      id: sha256(envelope),
      envelope,
      manage: false,
      link: null,
    };
    const { stamps } = await store.append([submission]);
    for (const { seq, time, chain } of stamps) writeSync(1, `${at} ${seq} ${time} ${hex(chain)} ${hex(submission.id)}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS * IN_FLIGHT }, (_, n) => lane(n % WRITERS)));
