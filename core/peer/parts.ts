// What the stations of a peer share: store, clock, the one queue, who we are, and where news goes. Built by peer.ts.
import type { PeerEvent } from '../api.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { SigningKey } from '../base/ed25519.ts';
import type { Log } from '../base/log.ts';
import type { Me } from '../session/device.ts';
import type { Serial } from '../session/lock.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { Store } from '../store/store.ts';

/** Who this peer is; replaced as a whole when the manifest changes. */
export interface Self {
  readonly name: string;
  readonly me: Me;
  readonly rootKey: SigningKey;
  readonly directoryKey: SigningKey;
  readonly profileKey: Bytes;
  readonly contactCapability: Bytes;
  readonly manifest: CheckedManifest;
  /** True once this device was found rolled back or copied: nothing is encrypted any more (H7). */
  readonly cloned: boolean;
}

/** Takes news for whoever listens; called only after the commit that made it true. */
export type Announce = (event: PeerEvent) => void;

/** Shared by the stations of one peer. */
export interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The one queue per account: every encryption, decryption and its commit runs in it (M Concurrency). */
  readonly serial: Serial;
  readonly announce: Announce;
  self(): Self;
  /** Next number of the outbox; rises for ever. */
  nextNumber(): number;
}
