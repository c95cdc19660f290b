// Finding peers on the local network: the contract, so that tests stay on loopback with a double. mdns.ts implements it, loaded only when asked for.

/** Told of somebody found; every time they are seen. Hostile: whoever is on the network can claim any PeerId, only a dial proves it. */
export type OnFound = (peerId: string, addresses: readonly string[]) => void;

/** Announces this device and finds others. */
export interface Discovery {
  /** @param onFound gets PeerId text and multiaddrs with /p2p/ID; must not throw @throws OFFLINE when the network does not allow it */
  start(onFound: OnFound): Promise<void>;
  stop(): Promise<void>;
}
