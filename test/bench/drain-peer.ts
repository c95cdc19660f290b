// A peer process of row 2: opens Bob's home, loads all its code, then measures one sync.
import { openPeer } from '../../core/index.ts';
import { tell, workerInput } from './processes.ts';

/** Whose backlog. */
export interface DrainInput {
  readonly home: string;
}

/** What came of it. */
export interface DrainOutput {
  readonly received: number;
  readonly rate: number;
  /** CPU per message, all threads, us. */
  readonly cpu: number;
}

const { home } = workerInput<DrainInput>();
const bob = await openPeer({ home, passphrase: null, online: false });
await bob.api.identity({});
await import('../../core/peer/network.ts');
const cpu = process.cpuUsage();
const start = performance.now();
const { complete, received, reason } = await bob.api.sync({ timeoutMs: 120_000 });
const took = performance.now() - start;
const used = process.cpuUsage(cpu);
if (!complete) throw new Error(`the backlog was not taken: ${reason}`);
tell({ received, rate: (received * 1_000) / took, cpu: (used.user + used.system) / received } satisfies DrainOutput);
await bob.close();
