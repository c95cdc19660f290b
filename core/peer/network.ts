// The network of a peer: one libp2p node for lines to relays and, when asked, for direct connections. Loaded only when needed.
import type { Discovery } from '../net/discovery.ts';
import { createNode, type Node } from '../net/node.ts';
import { connectRelay } from '../net/relay-client.ts';
import { DIRECT_PROTOCOL } from '../wire/version.ts';
import type { DirectTransport } from './direct.ts';
import type { Engine } from './engine.ts';
import type { Connect } from './hub.ts';

/** What the network is started with. */
export interface NetworkOptions {
  /** Multiaddrs to listen on; empty: dials only. */
  readonly listen: readonly string[];
  readonly lan: boolean;
  /** Looks around on the local network in place of multicast DNS; for tests, which stay on loopback. */
  readonly discover?: (node: Node) => Discovery | Promise<Discovery>;
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
  const discovery = options.lan ? await (options.discover ?? lanDiscovery)(node) : null;
  const transport: DirectTransport = {
    peerId: node.peerId,
    get addresses() {
      return options.listen.length === 0 ? [] : node.addresses;
    },
    dial: (address, signal) => node.dial(address, DIRECT_PROTOCOL, signal),
    discovery,
  };
  try {
    const connect: Connect = (address, signal) => connectRelay(node, address, { clock, signal });
    const direct = await engine.goOnline(connect, transport);
    if (options.listen.length > 0) await node.handle(DIRECT_PROTOCOL, (channel) => direct.accept(channel));
  } catch (error) {
    await node.stop();
    throw error;
  }
  return { node, stop: () => node.stop() };
}

async function lanDiscovery(node: Node): Promise<Discovery> {
  const { mdnsDiscovery } = await import('../net/mdns.ts');
  return mdnsDiscovery(node);
}
