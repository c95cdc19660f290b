// Alice beside the measured window: sends so many messages at so many a second, or all at once, whenever she is told.
import { openPeer } from '../../core/index.ts';
import { tell, told, workerInput } from './processes.ts';

/** Whose home. */
export interface AliceInput {
  readonly home: string;
}

/** What she is told to do. */
export interface AliceTask {
  readonly count: number;
  /** Per second; 0: as fast as she can, answered once the relay has all. */
  readonly pace: number;
}

const { home } = workerInput<AliceInput>();
const alice = await openPeer({ home, passphrase: null, online: true });
await alice.api.sync({ timeoutMs: 60_000 });
tell({ ready: true });
/** Calls of send under way at a time. */
const SENDS = 1_024;
let said = 0;

for (;;) {
  const { count, pace } = await told<AliceTask>();
  if (pace === 0) await sendAll(count);
  else await sendAtPace(count, pace);
  tell({ sent: count });
}

async function sendAll(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += SENDS) await Promise.all(Array.from({ length: Math.min(SENDS, count - sent) }, sendOne));
  const { complete, reason } = await alice.api.sync({ timeoutMs: 120_000 });
  if (!complete) throw new Error(`the backlog was not sent: ${reason}`);
}

async function sendAtPace(count: number, pace: number): Promise<void> {
  const start = performance.now();
  const under: Promise<unknown>[] = [];
  for (let at = 0; at < count; at += 1) {
    const wait = start + (at * 1_000) / pace - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    under.push(sendOne());
  }
  await Promise.all(under);
}

function sendOne(): Promise<unknown> {
  said += 1;
  return alice.api.send({ who: 'Bob', text: `Message ${said} while somebody types, with as many words as a real one has.`, id: null });
}
