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
  /** From the moment the line to the relay was up, per second. */
  readonly rate: number;
  /** From the call of sync, per second: with the connecting. */
  readonly wholeRate: number;
  /** From the moment the line was up until the index of ids was written too and the home closed, per second. */
  readonly closedRate: number;
  /** CPU per message, all threads, us. */
  readonly cpu: number;
}

const { home } = workerInput<DrainInput>();
const bob = await openPeer({ home, passphrase: null, online: false });
await bob.api.identity({});
await import('../../core/peer/network.ts');
let up = 0;
bob.api.onEvent((event) => {
  if (event.event === 'relay' && event.relay.state === 'connected') up = performance.now();
});
const cpu = process.cpuUsage();
const start = performance.now();
const { complete, received, reason } = await bob.api.sync({ timeoutMs: 120_000 });
const end = performance.now();
const used = process.cpuUsage(cpu);
if (!complete) throw new Error(`the backlog was not taken: ${reason}`);
const rateSince = (from: number, to = end) => (received * 1_000) / (to - from);
await bob.close();
const closedRate = rateSince(up, performance.now());
tell({
  received,
  rate: rateSince(up),
  wholeRate: rateSince(start),
  closedRate,
  cpu: (used.user + used.system) / received,
} satisfies DrainOutput);
