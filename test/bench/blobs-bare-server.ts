// A bare libp2p stream's far end: takes so many bytes, says so with one, and measures nothing else.
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { tell, workerInput } from './processes.ts';

const { protocol, bytes } = workerInput<{ readonly protocol: string; readonly bytes: number }>();
const node = await createNode({ key: signingKey(), listen: ['/ip4/127.0.0.1/tcp/0/ws'], server: true });
await node.handle('/bench/main/1', () => undefined);
await node.handleBeside(protocol, 1, async (stream) => {
  let left = bytes;
  for (let pieces = await stream.read(); pieces !== null; pieces = await stream.read()) {
    for (const piece of pieces) left -= piece.length;
    if (left > 0) continue;
    stream.send(Uint8Array.of(1));
    left = bytes;
  }
});
tell({ address: node.addresses[0] ?? '' });
