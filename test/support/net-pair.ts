// Alice and Bob as two nodes: she dials, he answers one protocol at an address of his own on loopback.
import { onTestFinished } from 'vitest';
import { signingKey } from '../../core/base/ed25519.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import { until } from './net-wait.ts';

/** Two nodes, gone when the test is over. */
export interface NetPair {
  readonly alice: Node;
  readonly bob: Node;
  /** Bob's ends of the channels that no call of `channels` has answered. */
  readonly arrived: FrameChannel[];
  /** Alice dials Bob, or the given address of his; both ends of the channel. */
  channels(address?: string): Promise<{ readonly near: FrameChannel; readonly far: FrameChannel }>;
}

/** A fresh pair, for one test. */
export async function netPair(protocol: string): Promise<NetPair> {
  const arrived: FrameChannel[] = [];
  const alice = await createNode({ key: signingKey(), listen: [] });
  onTestFinished(() => alice.stop());
  const bob = await createNode({ key: signingKey(), listen: ['/ip4/127.0.0.1/tcp/0/ws'] });
  onTestFinished(() => bob.stop());
  await bob.handle(protocol, (channel) => void arrived.push(channel));
  const channels = async (address = bob.addresses[0] ?? '') => {
    const near = await alice.dial(address, protocol, new AbortController().signal);
    await until(() => arrived.length > 0, 'the channel arrived');
    return { near, far: arrived.shift() as FrameChannel };
  };
  return { alice, bob, arrived, channels };
}
