// A bare libp2p stream, as fast as it goes: what a blob's transfer is compared with. One process sends, another takes.
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { startWorker, tell, workerInput } from './processes.ts';

const PROTOCOL = '/bench/bytes/1';
const { bytes, piece } = workerInput<{ readonly bytes: number; readonly piece: number }>();
const server = startWorker('./blobs-bare-server.ts', { protocol: PROTOCOL, bytes });
const { address } = await server.next<{ readonly address: string }>();
const node = await createNode({ key: signingKey(), listen: [] });
const signal = AbortSignal.timeout(300_000);
const channel = await node.dial(address, '/bench/main/1', signal);
const stream = await node.dialBeside(channel, PROTOCOL, signal);
const block = new Uint8Array(piece).fill(7);
const started = performance.now();
for (let sent = 0; sent < bytes; sent += piece) if (!stream.send(block.subarray(0, Math.min(piece, bytes - sent)))) await stream.drained();
await stream.read();
tell({ seconds: (performance.now() - started) / 1_000, serverPid: server.pid });
await server.stop();
