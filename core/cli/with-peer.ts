// Runs one command's work on the peer of its home and lets go of the home afterwards, whatever happens.
import { SottoError } from '../base/errors.ts';
import { type Reached, reachPeer } from './reach.ts';
import { note } from './report.ts';
import type { Context } from './usage.ts';

/** How long a command that changed something waits until others were told, ms. */
const FLUSH_MS = 15_000;

/** Only what is on this disk; the home is let go before anything is printed. */
export function withStore<T>(context: Context, work: (peer: Reached) => Promise<T>): Promise<T> {
  return run(context, false, (peer) => untilStopped(context, work(peer)));
}

/** With the relays; other commands are let in meanwhile. */
export function withRelays<T>(context: Context, work: (peer: Reached) => Promise<T>): Promise<T> {
  return run(context, true, (peer) =>
    untilStopped(
      context,
      peer.goOnline().then(() => work(peer)),
    ),
  );
}

/** Like `withRelays`, but the work begins before the relays are reached and minds `io.stop` itself. */
export function withServed<T>(context: Context, work: (peer: Reached) => Promise<T>): Promise<T> {
  return run(context, true, work);
}

/** Waits a while until what was done has left the outbox; says so when it has not. */
export async function flush(context: Context, peer: Reached): Promise<void> {
  const { waiting, reason } = await peer.api.sync({ timeoutMs: FLUSH_MS });
  if (waiting === 0) return;
  await note(
    context,
    `Saved here, not yet sent${reason === null ? '' : ` (${reason})`}: it leaves with the next \`sotto sync\` or \`sotto listen\`.`,
  );
}

/** The work's answer, or CLOSED when a signal comes first. */
export async function untilStopped<T>(context: Context, work: Promise<T>): Promise<T> {
  const { stop } = context.io;
  const { promise, reject } = Promise.withResolvers<never>();
  const interrupt = () => reject(new SottoError('CLOSED', 'Interrupted; what was in the outbox stays there.'));
  if (stop.aborted) interrupt();
  stop.addEventListener('abort', interrupt, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    stop.removeEventListener('abort', interrupt);
  }
}

async function run<T>(context: Context, serve: boolean, work: (peer: Reached) => Promise<T>): Promise<T> {
  const peer = await reachPeer(context, { serve });
  try {
    return await Promise.race([work(peer), peer.failed]);
  } finally {
    await peer.close();
  }
}

/** `--listen` and `--lan` belong to the process that has the home open; says so when that is another one. */
export async function noteIfNotOwner(context: Context, peer: Reached): Promise<void> {
  const { args } = context;
  if (peer.owner || (!args.has('lan') && !args.has('listen'))) return;
  await note(context, 'Another process has this home open: --listen and --lan have no effect here, give them there.');
}
