// What the commands need of the engine, and no more; main.ts hands in the real one, tests a small double.
import type { PeerApi } from '../api.ts';

/** How to open a peer. */
export interface OpenPeerOptions {
  readonly home: string;
  /** Asked only when the home has a passphrase slot; null when nobody can be asked. */
  readonly passphrase: (() => Promise<string>) | null;
  /** Multiaddrs to listen on for direct dials. */
  readonly listen?: readonly string[];
  /** Announce and look for contacts on the local network. */
  readonly lan?: boolean;
  /** False: never touches the network modules until `goOnline`. */
  readonly online: boolean;
}

/** An opened peer. */
export interface RunningPeer {
  readonly api: PeerApi;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

/** The door of core as the commands see it. */
export interface Engine {
  homeExists(home: string): boolean;
  /** `passphrase: null` keeps a key file instead. */
  createHome(home: string, options: { name: string; passphrase: string | null }): Promise<void>;
  /** @throws NO_HOME, HOME_BUSY when another process has it, WRONG_PASSPHRASE */
  openPeer(options: OpenPeerOptions): Promise<RunningPeer>;
}

/** Loads the engine when a command needs it: a usage error or a call through a socket never does. */
export type LoadEngine = () => Promise<Engine>;
