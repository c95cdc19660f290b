// The first meeting of a seeded home with its relay: it makes a log for every conversation, and everything that is due is said.
import { openPeer } from '../../core/index.ts';
import { tell, workerInput } from './processes.ts';

/** Whose home. */
export interface SettleInput {
  readonly home: string;
}

const { home } = workerInput<SettleInput>();
const peer = await openPeer({ home, passphrase: null, online: true });
const { complete, reason } = await peer.api.sync({ timeoutMs: 600_000 });
if (!complete) throw new Error(`the seeded home did not come to rest: ${reason}`);
const warnings = await peer.api.warnings({});
if (warnings.length > 0) throw new Error(`the seeded home was warned: ${warnings[0]?.text}`);
await peer.close();
tell({ done: true });
