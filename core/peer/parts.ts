// What the stations of a peer share: store, clock, the one queue, who we are, and where news goes. Built by peer.ts.
import type { PeerEvent } from '../api.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { SigningKey } from '../base/ed25519.ts';
import type { Log } from '../base/log.ts';
import type { DeviceKeys } from '../session/device.ts';
import type { Serial } from '../session/lock.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { Store } from '../store/store.ts';
import type { DirectNow } from './direct-now.ts';
import type { CountedStore } from './doubtful-store.ts';
import type { FullRelays } from './full-relays.ts';
import type { HeldIndex } from './held-index.ts';
import type { LateIndex } from './late-index.ts';
import type { Opener } from './opener.ts';
import type { OutboxIndex } from './outbox.ts';
import type { WantedSession } from './owed.ts';
import type { B64 } from './records.ts';
import type { RelayTimes } from './relay-times.ts';
import type { LiveDoor } from './spot.ts';

/** Who this peer is; replaced as a whole when the manifest changes. */
export interface Self {
  readonly name: string;
  readonly me: DeviceKeys;
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

/** What reading needs; holds nothing of the network nor of the ratchets, so that `sotto read` starts fast. */
export interface Reading {
  readonly store: Store;
  readonly clock: Clock;
  /** The one queue per account: every encryption, decryption and its commit runs in it (M Concurrency). */
  readonly serial: Serial;
  /** Who is connected directly now. */
  readonly direct: DirectNow;
}

/** Shared by the stations of one peer. */
export interface Parts extends Reading {
  readonly store: CountedStore;
  readonly log: Log;
  readonly announce: Announce;
  readonly outbox: OutboxIndex;
  readonly held: HeldIndex;
  readonly relayTimes: RelayTimes;
  readonly opener: Opener;
  readonly lateIndex: LateIndex;
  readonly fullRelays: FullRelays;
  readonly live: LiveDoor;
  self(): Self;
  /** Called after the commit that found this device rolled back or copied (H7). */
  cloned(): void;
  /** Called after a commit that noted why a new session with a device is wanted. */
  sessionWanted(wanted: WantedSession): void;
  /** The other side says that it saw an entry of this log that we have not taken (H1). */
  ahead(conversation: B64, log: B64, seq: number): void;
  /** Something was put into an outbox by a station other than send. */
  queued(): void;
  /** Called after the commit that opened a conversation. */
  conversationOpened(conversation: B64): void;
  /** Multiaddrs with /p2p/ that we answer at; empty while we do not listen. */
  addresses(): readonly string[];
  /** Next number of the outbox; rises for ever. */
  nextNumber(): number;
}
