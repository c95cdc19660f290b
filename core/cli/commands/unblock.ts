// `sotto unblock WHO`.
import { print } from '../report.ts';
import { nameOf, shortId } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Ends a block. @throws NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const contact = await withStore(context, (peer) => peer.api.unblock({ who: word(context.args, 0) }));
  await print(context, [contact], `${nameOf(contact)} (${shortId(contact.account)}): no longer blocked.`);
  return 0;
}
