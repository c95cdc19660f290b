// What the client stands on: the engine's calls and events over a line that may break and come back. Types only.
import type { WindowApi } from '../../../core/window-api.ts';
import type { Readable } from './readable.ts';

/** How the line to the engine stands. `lost`: it was there and is being made again. */
export type LineState = 'connecting' | 'connected' | 'lost';

/** The engine behind a line. `api` stays the same object over all connections; its calls reject with CLOSED while there is none. */
export interface EngineLine {
  readonly api: WindowApi;
  readonly state: Readable<LineState>;
  /** Tries in a row that found no engine. */
  readonly tries: Readable<number>;
  /** True while the engine is there and does not answer. */
  readonly hung: Readable<boolean>;
}
