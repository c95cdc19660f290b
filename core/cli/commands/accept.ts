// `sotto accept WHO`: from now on both can talk.
import { print } from '../report.ts';
import { nameOf, shortId } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Accepts, and waits a while until they were told. @throws NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const contact = await withRelays(context, async (peer) => {
    const accepted = await peer.api.accept({ who: word(context.args, 0), petname: context.args.value('as') });
    await flush(context, peer);
    return accepted;
  });
  await print(context, [contact], `${nameOf(contact)} (${shortId(contact.account)}): accepted. \`sotto send WHO TEXT\` writes to them.`);
  return 0;
}
