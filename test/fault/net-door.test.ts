// The door in front of Noise, over real sockets from several loopback addresses: one address that floods keeps no other out, and has an end.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { addressGroup } from '../../core/net/address-group.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import type { AddressLimits } from '../../core/net/socket-guard.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import { until, within } from '../support/net-wait.ts';

const ECHO = '/test/echo/1';
const [HONEST, MALLORY] = ['127.0.0.1', '127.0.0.2'];
const ROOMY: AddressLimits = { sockets: 50, pending: 50, handshakes: { burst: 100, perSecond: 100 } };

async function listening(
  perAddress: AddressLimits | null,
  more: { maxConnections?: number; maxPending?: number; turnedAway?: () => void } = {},
): Promise<Node> {
  const node = await createNode({ key: signingKey(), listen: ['/ip4/127.0.0.1/tcp/0/ws'], server: true, perAddress, ...more });
  onTestFinished(() => node.stop());
  await node.handle(ECHO, (channel, address) => {
    const from = new TextEncoder().encode(String(address));
    channel.onFrames((frames) => void channel.send(frames.map(({ type, request }) => encodeFrame(type, request, from))));
  });
  return node;
}

function portOf(node: Node): number {
  return Number(/tcp\/(\d+)/.exec(node.addresses[0] ?? '')?.[1]);
}

async function silent(node: Node, localAddress: string, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect({ port: portOf(node), host: HONEST, localAddress }));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) socket.on('error', () => undefined).resume();
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  return sockets;
}

/** Comes in, is answered, and stays until the test is over; what the other side took for its address. */
async function comeIn(node: Node): Promise<string> {
  const alice = await createNode({ key: signingKey(), listen: [] });
  onTestFinished(() => alice.stop());
  const channel = await alice.dial(node.addresses[0] ?? '', ECHO, AbortSignal.timeout(4_000));
  const answer = new Promise<string>((resolve) => channel.onFrames(([frame]) => resolve(new TextDecoder().decode(frame?.payload))));
  channel.send([encodeFrame(1, 1, random(10))]);
  return within(answer, 'an answer', 4_000);
}

const open = (sockets: readonly Socket[]) => sockets.filter((socket) => !socket.closed);

test('Mallory’s address has only so many sockets, and Alice’s comes in beside a flood of them', async () => {
  let away = 0;
  const node = await listening({ ...ROOMY, sockets: 5 }, { maxConnections: 20, turnedAway: () => (away += 1) });
  const flood = await silent(node, MALLORY, 60);
  await until(() => open(flood).length === 5, 'five are left');
  expect(away).toBe(55);
  expect(await comeIn(node)).toBe(HONEST);
  open(flood)[0]?.destroy();
  await until(async () => open(await silent(node, MALLORY, 1)).length === 1, 'there is room for one of hers again');
});

test('Mallory’s address asks for handshakes at its rate, and Alice’s is not counted with it', async () => {
  const node = await listening({ ...ROOMY, handshakes: { burst: 6, perSecond: 4 } });
  const flood = await silent(node, MALLORY, 30);
  await until(() => open(flood).length <= 7, 'the others were ended');
  expect(open(flood).length).toBeGreaterThanOrEqual(6);
  expect(await comeIn(node)).toBe(HONEST);
  await until(async () => open(await silent(node, MALLORY, 1)).length === 1, 'her rate gives her one more');
});

test('silent sockets of one’s own address make room: the oldest goes, whoever speaks stays', async () => {
  const node = await listening({ ...ROOMY, pending: 4 });
  await comeIn(node);
  const [oldest, ...others] = await silent(node, HONEST, 4);
  await comeIn(node);
  await until(() => oldest?.closed === true, 'the oldest went');
  expect(open(others)).toHaveLength(3);
});

test('behind a proxy no address is counted, and ten silent sockets, or as many as may be pending, block nobody', async () => {
  const node = await listening(null, { maxPending: 12 });
  const quiet = await silent(node, HONEST, 40);
  expect(await comeIn(node)).toBe('null');
  await until(() => open(quiet).length <= 12, 'no more wait than may');
});

test('the one cap on all connections holds whatever the address', async () => {
  const node = await listening(ROOMY, { maxConnections: 8 });
  for (let count = 0; count < 8; count += 1) await comeIn(node);
  const late = await silent(node, MALLORY, 3);
  await until(() => open(late).length === 0, 'there is no room');
});

test('an IPv6 network is one address, however its addresses are written, and IPv4 inside IPv6 is IPv4', () => {
  const same = ['2001:db8:1:2::5', '2001:DB8:1:2:ffff::1', '2001:0db8:0001:0002:1:2:3:4', '2001:db8:1:2::9%eth0'];
  expect([...new Set(same.map(addressGroup))]).toEqual(['2001:db8:1:2::/64']);
  expect(addressGroup('2001:db8:1:3::5')).not.toBe(addressGroup('2001:db8:1:2::5'));
  expect([addressGroup('::1'), addressGroup('::')]).toEqual(['0:0:0:0::/64', '0:0:0:0::/64']);
  expect([addressGroup('::ffff:10.0.0.7'), addressGroup('10.0.0.7')]).toEqual(['10.0.0.7', '10.0.0.7']);
});
