// One device that puts a file as a blob and gets it again: how long each step takes. Fresh each time, so nothing of it is known at the relay.
import { rm } from 'node:fs/promises';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { openingFile } from '../../core/media/open-file.ts';
import { sealFile } from '../../core/media/seal-file.ts';
import { type BlobLine, getBlob, putBlob } from '../../core/net/blob-client.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import { tell, told, workerInput } from './processes.ts';

const { address, path } = workerInput<{ readonly address: string; readonly path: string }>();
const node = await createNode({ key: signingKey(), listen: [] });
const connection = await connectRelay(node, address, { clock: systemClock });
await connection.register(random(32), new Uint8Array(0));
const line: BlobLine = { connected: () => Promise.resolve(connection), clock: systemClock, signal: new AbortController().signal };

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const started = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - started) / 1_000 };
}

const key = random(32);
const sealing = await timed(() => sealFile(path, key));
const file = sealing.value;
tell({ seal: sealing.seconds });
await told();
const putting = await timed(() => putBlob(line, { address: file.address, size: file.sealed, source: file.from }, () => undefined));
tell({ put: putting.seconds });
await told();
const copy = `${path}.copy`;
const getting = await timed(async () => {
  const opening = await openingFile(copy, { address: file.address, key, size: file.size });
  await getBlob(
    line,
    { address: file.address, size: file.sealed },
    () => opening.again(),
    (pieces) => opening.take(pieces),
  );
  await opening.finish();
});
tell({ get: getting.seconds });
await rm(copy);
