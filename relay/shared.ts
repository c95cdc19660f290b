// What all connections of a relay share, and what one connection is to its commands.

import type { Bytes } from '../core/base/bytes.ts';
import type { Clock } from '../core/base/clock.ts';
import type { Log } from '../core/base/log.ts';
import type { Admission, Asker } from './admission/admission.ts';
import type { Meter } from './admission/meter.ts';
import type { Devices } from './devices.ts';
import type { Handles } from './handles.ts';
import type { Heads } from './heads.ts';
import type { Metrics } from './operator/metrics.ts';
import type { Board } from './presence/board.ts';
import type { Live } from './presence/live.ts';
import type { Pusher } from './push.ts';
import type { Reply } from './reply.ts';
import type { RelayStore } from './store/store.ts';
import type { Wakes } from './wake/wakes.ts';

/** One relay's parts. */
export interface Shared {
  readonly store: RelayStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly heads: Heads;
  readonly admission: Admission;
  readonly devices: Devices;
  readonly board: Board;
  readonly metrics: Metrics;
  /** Null where nobody is woken. */
  readonly wakes: Wakes | null;
  /** True once the relay goes down: nothing new is begun. */
  stopping: boolean;
}

/** One connection as its commands see it. */
export interface Session {
  readonly shared: Shared;
  readonly handles: Handles;
  readonly pusher: Pusher;
  readonly live: Live;
  /** True once a registration was proved: it may create logs and write to the directory. */
  registered: boolean;
  /** The hash of that registration, and of the token it is bound to (empty without one); empty before. */
  registration: Bytes;
  token: Bytes;
  /** Who it is as far as quotas go, in memory only (C7). */
  readonly asker: Asker;
  /** What it may still do. */
  readonly meter: Meter;
  /** New registrations made on this connection. */
  registrations: number;
}

/** One request type: its payload to its answer. @throws MALFORMED, TOO_LARGE, STORE_FAILED, which become refusals */
export type Command = (session: Session, payload: Bytes) => Promise<Reply> | Reply;
