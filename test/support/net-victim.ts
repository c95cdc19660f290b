// A listening node in a process of its own, for attacks: what kills it is seen from outside. Run by net-attacks.ts; speaks JSON lines.
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import { ECHO, FLOOD, HANDSHAKE_MS, HOLD, MOST_CONNECTIONS, THROW_AT_ACCEPT, THROW_AT_FRAME } from './net-protocols.ts';

const node = await createNode({
  key: signingKey(),
  listen: [process.argv[2] ?? '/ip4/127.0.0.1/tcp/0/ws'],
  server: true,
  maxConnections: MOST_CONNECTIONS,
  handshakeDeadline: HANDSHAKE_MS,
});
await node.handle(ECHO, (channel) => {
  channel.onFrames((frames) => void channel.send(frames.map((frame) => encodeFrame(frame.type, frame.request, frame.payload))));
  void channel.closed.then((reason) => say({ closed: reason }));
});
await node.handle(FLOOD, (channel) => {
  const frame = encodeFrame(1, 1, new Uint8Array(1_000_000));
  channel.onFrames(() => {
    for (let at = 0; at < 300; at += 1) channel.send([frame]); // a program that does not listen to "false"
  });
  void channel.closed.then((reason) => say({ closed: reason }));
});
await node.handle(HOLD, (channel) => channel.pause());
await node.handle(THROW_AT_ACCEPT, () => {
  throw new Error('thrown at accept');
});
await node.handle(THROW_AT_FRAME, (channel) => {
  channel.onFrames(() => {
    throw new Error('thrown at a frame');
  });
});

process.stdin.on('data', () => {
  globalThis.gc?.();
  say({ rss: process.memoryUsage().rss });
});
process.stdin.on('end', () => process.exit(0));
say({ address: node.addresses[0] });

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
