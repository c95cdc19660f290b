// `sotto send WHO TEXT…` and `--stdin`: into the outbox in order, then waits until each is where it should be.
import { randomBytes } from 'node:crypto';
import type { Message, PeerApi } from '../../api.ts';
import { seconds } from '../arguments.ts';
import { Delivery, type Outcome } from '../delivery.ts';
import { inputLines } from '../input-lines.ts';
import { print } from '../report.ts';
import { messageJson } from '../shape.ts';
import { type Arguments, type Context, type ExitCode, UsageError, word } from '../usage.ts';
import { noteIfNotOwner, untilStopped, withServed, withStore } from '../with-peer.ts';

const TIMEOUT_S = '60';
/** Sends under way at a time: keeps the engine's queue full without holding a whole file in memory. */
const WINDOW = 128;

/** Sends, waits and says what became of it. @throws UsageError, NOT_FOUND, MALFORMED, TOO_LARGE, REFUSED when one failed, TIMEOUT */
export async function run(context: Context): Promise<ExitCode> {
  const { args } = context;
  const who = word(args, 0);
  const texts = textsOf(args, context);
  const timeoutMs = seconds(args.value('timeout') ?? TIMEOUT_S, 'timeout');
  const options = { print: (message: Message) => show(context, message), waitMs: args.has('no-wait') ? null : timeoutMs };
  const outcome = args.has('no-wait')
    ? await withStore(context, ({ api }) => sendAll(api, who, texts, new Delivery(api, options)))
    : await withServed(context, (peer) => {
        const online = noteIfNotOwner(context, peer).then(() => peer.goOnline());
        const all = sendAll(peer.api, who, texts, new Delivery(peer.api, options));
        return untilStopped(
          context,
          Promise.all([all, online]).then(([done]) => done),
        );
      });
  return (await import('../outcome.ts')).conclude(context, outcome);
}

/** Sends every text in its order; the first that is refused ends it. */
export async function sendAll(api: PeerApi, who: string, texts: AsyncIterable<string>, delivery: Delivery): Promise<Outcome> {
  const underWay: Promise<void>[] = [];
  try {
    for await (const text of texts) {
      const id = randomBytes(16).toString('hex'); // ours, so that a repeat after a lost owner is the same message
      underWay.push(delivery.add(api.send({ who, text, id })));
      if (underWay.length >= WINDOW) await underWay.shift();
      delivery.throwIfRefused();
    }
  } catch (error) {
    delivery.refuse(error);
  }
  await Promise.all(underWay);
  return delivery.end();
}

async function show(context: Context, message: Message): Promise<void> {
  if (context.args.has('json')) await print(context, [messageJson(message)], '');
}

function textsOf(args: Arguments, context: Context): AsyncIterable<string> {
  const given = args.words.slice(1).join(' ');
  if (args.has('stdin') && given !== '') throw new UsageError('TEXT and --stdin exclude each other.');
  if (!args.has('stdin') && given === '') throw new UsageError('TEXT is missing; --stdin takes it from standard input.');
  return args.has('stdin') ? inputLines(context.io.stdin) : one(given);
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
