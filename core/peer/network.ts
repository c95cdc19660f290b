// The network of a peer: one libp2p node for lines to relays and, when asked, for direct connections. Loaded only when needed.
import { createNode, type Node } from '../net/node.ts';
import { connectRelay } from '../net/relay-client.ts';
import type { Engine } from './engine.ts';

/** What the network is started with. */
export interface NetworkOptions {
  /** Multiaddrs to listen on; empty: dials only. */
  readonly listen: readonly string[];
  readonly lan: boolean;
}

/** A running network. */
export interface Network {
  readonly node: Node;
  stop(): Promise<void>;
}

/** Starts the node and the engine's lines. @throws BAD_INPUT, OFFLINE for an address that cannot be listened on */
export async function startNetwork(engine: Engine, options: NetworkOptions): Promise<Network> {
  const { clock, self } = engine.parts;
  const node = await createNode({ key: self().me.peer, listen: options.listen });
  await engine.goOnline((address, signal) => connectRelay(node, address, { clock, signal }));
  return { node, stop: () => node.stop() };
}
