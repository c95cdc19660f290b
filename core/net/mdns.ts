// Discovery by multicast DNS (libp2p's mdns spec, under a name of our own). Shows this device to everyone on the local network: off unless asked for.
import type { PeerInfo } from '@libp2p/interface';
import { mdns } from '@libp2p/mdns';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { SottoError } from '../base/errors.ts';
import { parseDialAddress } from './address.ts';
import type { Discovery, OnFound } from './discovery.ts';
import { quietLogger } from './quiet-logger.ts';

/** Only devices that speak Sotto answer under this name. */
const SERVICE = '_sotto._udp.local';
/** Addresses believed of one answer. */
const MAX_ADDRESSES = 8;

/** The part of libp2p's service that is used here. */
export interface MdnsService {
  start(): Promise<void>;
  stop(): Promise<void>;
  addEventListener(type: 'peer', listener: (event: CustomEvent<PeerInfo>) => void): void;
}

type MakeService = (addresses: () => Multiaddr[]) => MdnsService;

const libp2pService: MakeService = (addresses) =>
  mdns({ serviceTag: SERVICE })({ addressManager: { getAddresses: addresses }, logger: quietLogger } as Parameters<
    ReturnType<typeof mdns>
  >[0]) as unknown as MdnsService;

/** Discovery for a node. @param make builds the service; a test gives a double */
export function mdnsDiscovery(
  node: { readonly peerId: string; readonly addresses: readonly string[] },
  make: MakeService = libp2pService,
): Discovery {
  const service = make(() => node.addresses.map((address) => multiaddr(address)));
  return {
    async start(onFound) {
      service.addEventListener('peer', (event) => tell(node.peerId, event.detail, onFound));
      try {
        await service.start();
      } catch (cause) {
        throw new SottoError('OFFLINE', 'Devices on the local network cannot be looked for.', cause);
      }
    },
    stop: () => service.stop(),
  };
}

// Must not throw: it runs in an event listener.
function tell(self: string, found: PeerInfo, onFound: OnFound): void {
  try {
    const peerId = found.id.toString();
    const addresses = found.multiaddrs.slice(0, MAX_ADDRESSES).flatMap((address) => dialable(`${address}/p2p/${peerId}`));
    if (peerId !== self && addresses.length > 0) onFound(peerId, addresses);
  } catch {
    // An answer that cannot be read is no answer.
  }
}

function dialable(text: string): string[] {
  try {
    parseDialAddress(text);
    return [text];
  } catch {
    return [];
  }
}
