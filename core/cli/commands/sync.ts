// `sotto sync`: one visit to the relays.
import { SottoError } from '../../base/errors.ts';
import { seconds } from '../arguments.ts';
import { print } from '../report.ts';
import type { Context, ExitCode } from '../usage.ts';
import { noteIfNotOwner, withRelays } from '../with-peer.ts';

const TIMEOUT_S = '60';

/** Syncs and prints what went in and out. @throws TIMEOUT, OFFLINE when something stayed undone */
export async function run(context: Context): Promise<ExitCode> {
  const timeoutMs = seconds(context.args.value('timeout') ?? TIMEOUT_S, 'timeout');
  const done = await withRelays(context, async (peer) => {
    await noteIfNotOwner(context, peer);
    return peer.api.sync({ timeoutMs });
  });
  const counts = `Received ${done.received}, sent ${done.sent}.`;
  await print(context, [done], counts);
  if (done.complete) return 0;
  const waiting = done.waiting === 0 ? '' : ` ${done.waiting} still in the outbox.`;
  if (done.reason === null) throw new SottoError('TIMEOUT', `Not everything could be done in time.${waiting}`);
  throw new SottoError('OFFLINE', `Not everything could be done: ${done.reason}${waiting}`);
}
