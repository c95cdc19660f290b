// `sotto resend ID`: an expired or failed message once more.
import type { Message } from '../../api.ts';
import { seconds } from '../arguments.ts';
import { Delivery } from '../delivery.ts';
import { conclude } from '../outcome.ts';
import { print } from '../report.ts';
import { messageJson } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { untilStopped, withServed, withStore } from '../with-peer.ts';

const TIMEOUT_S = '60';

/** Sends it again and waits like `send`. @throws NOT_FOUND, BAD_INPUT, REFUSED, TIMEOUT */
export async function run(context: Context): Promise<ExitCode> {
  const { args } = context;
  const id = word(args, 0).toLowerCase();
  const waitMs = args.has('no-wait') ? null : seconds(args.value('timeout') ?? TIMEOUT_S, 'timeout');
  const show = async (message: Message) => {
    if (args.has('json')) await print(context, [messageJson(message)], '');
  };
  const run = waitMs === null ? withStore : withServed;
  const outcome = await run(context, async (peer) => {
    const delivery = new Delivery(peer.api, { print: show, waitMs });
    const online = waitMs === null ? Promise.resolve() : peer.goOnline();
    await Promise.all([untilStopped(context, delivery.add(peer.api.resend({ id }))), online]);
    return untilStopped(context, delivery.end());
  });
  return conclude(context, outcome);
}
