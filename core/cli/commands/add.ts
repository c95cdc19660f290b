// `sotto add LINK`: asks the person whose link it is.
import { print } from '../report.ts';
import { nameOf, shortId } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Sends the request, and waits a while until it has left. @throws BAD_LINK, LINK_EXPIRED, ALREADY, OFFLINE */
export async function run(context: Context): Promise<ExitCode> {
  const contact = await withRelays(context, async (peer) => {
    const added = await peer.api.addContact({ link: word(context.args, 0).trim(), petname: context.args.value('as') });
    await flush(context, peer);
    return added;
  });
  const words = contact.state === 'accepted' ? 'You can talk now.' : 'The request is made; you can talk once they accept.';
  await print(context, [contact], `${nameOf(contact)} (${shortId(contact.account)}): ${words}`);
  return 0;
}
