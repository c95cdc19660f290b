// A libp2p logger that says nothing: its lines hold addresses and peer ids, and formatting them costs a tenth of a relay's time.
import type { ComponentLogger, Logger } from '@libp2p/interface';

const silence: Logger = Object.assign(() => undefined, {
  error: () => undefined,
  trace: () => undefined,
  enabled: false,
  newScope: () => silence,
});

/** For createLibp2p({ logger }). */
export const quietLogger: ComponentLogger = { forComponent: () => silence };
