// Where a conversation's home log is subscribed now, and what its station says of it to whoever deals in moments (live.ts).
import type { CallOutput, PeerEvent } from '../api.ts';
import { type Bytes, hex } from '../base/bytes.ts';
import type { Present, RelayConnection } from '../net/relay-connection.ts';
import { type B64, bytesOf } from './records.ts';

/** One subscription of a home log. */
export interface Spot {
  readonly connection: RelayConnection;
  readonly handle: number;
  /** It was subscribed so that others may see this device here. */
  readonly isShown: boolean;
  /** PeerId of the relay. */
  readonly peerId: string;
}

/** Typing and presence, as the stations of a peer see them; nothing of it throws but where it says so. */
export interface LiveDoor {
  /** True when others may see that this device is connected. @throws STORE_FAILED, STORE_DAMAGED */
  shows(): Promise<boolean>;
  /** A home log is subscribed here now. */
  began(conversation: B64, spot: Spot): void;
  /** It is not any more, unless it began anew meanwhile. */
  ended(conversation: B64, connection: RelayConnection, handle: number): void;
  /** Somebody's signal came. */
  signal(conversation: B64, value: Bytes): void;
  /** The relay says who is here. */
  present(conversation: B64, present: Present): void;
  /** The slot of this reader was opened, signed by a device of the contact. */
  opened(conversation: B64, reader: Bytes): void;
  /** Something was announced: a message ends typing. */
  heard(event: PeerEvent): void;
  /** Somebody types here, or stopped. @throws STORE_FAILED, STORE_DAMAGED */
  typing(conversation: B64, active: boolean): Promise<void>;
  /** What is known of a contact's presence now. @throws STORE_FAILED, STORE_DAMAGED */
  presence(conversation: B64): Promise<CallOutput<'presence'>>;
  /** Somebody looks at it for so long from now on, ms. @throws OFFLINE, TIMEOUT, STORE_FAILED */
  watch(conversation: B64, forMs: number): Promise<CallOutput<'presence'>>;
  /** What this device tells of itself changed. */
  changed(privacy: CallOutput<'privacy'>): void;
}

/** An id as it stands in events. */
export function shown(id: B64): string {
  return hex(bytesOf(id));
}
