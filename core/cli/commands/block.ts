// `sotto block WHO`.
import { print } from '../report.ts';
import { nameOf, shortId } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Blocks a contact. @throws NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const contact = await withStore(context, (peer) => peer.api.block({ who: word(context.args, 0) }));
  await print(context, [contact], `${nameOf(contact)} (${shortId(contact.account)}): blocked: nothing more is taken from them.`);
  return 0;
}
