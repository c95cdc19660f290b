// What the commands need of the engine, and no more; main.ts hands in the real one, tests a small double.
import type { OpenPeerOptions, RunningPeer } from '../index.ts';

/** The door of core as the commands see it. */
export interface Engine {
  homeExists(home: string): boolean;
  /** It was begun and has no account yet: `createHome` goes on with it. */
  isUnfinished(home: string): Promise<boolean>;
  /** `passphrase: null` keeps a key file instead. */
  createHome(home: string, options: { name: string; passphrase: string | null }): Promise<void>;
  /** @throws NO_HOME, HOME_BUSY when another process has it, WRONG_PASSPHRASE */
  openPeer(options: OpenPeerOptions): Promise<RunningPeer>;
}

/** Loads the engine when a command needs it: a usage error or a call through a socket never does. */
export type LoadEngine = () => Promise<Engine>;
