// `sotto accept WHO`: from now on both can talk.
import type { CallInput, Contact } from '../../api.ts';
import { isSottoError } from '../../base/errors.ts';
import type { Reached } from '../reach.ts';
import { print } from '../report.ts';
import { nameOf, shortId } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** How long the relays are asked for a request that is not here yet, ms. */
const ASK_MS = 5_000;

/** Accepts; a request that waits at a relay is fetched first. @throws NOT_FOUND, AMBIGUOUS */
async function acceptOrAsk({ api }: Reached, input: CallInput<'accept'>): Promise<Contact> {
  try {
    return await api.accept(input);
  } catch (error) {
    if (!isSottoError(error, 'NOT_FOUND')) throw error;
    await api.sync({ timeoutMs: ASK_MS });
    return api.accept(input);
  }
}

/** Accepts, and waits a while until they were told. @throws NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const contact = await withRelays(context, async (peer) => {
    const accepted = await acceptOrAsk(peer, { who: word(context.args, 0), petname: context.args.value('as') });
    await flush(context, peer);
    return accepted;
  });
  await print(context, [contact], `${nameOf(contact)} (${shortId(contact.account)}): accepted. \`sotto send WHO TEXT\` writes to them.`);
  return 0;
}
