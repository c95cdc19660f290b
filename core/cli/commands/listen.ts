// `sotto listen`: stays, and prints one line per event until stopped.
import { eventLine, People } from '../event-line.ts';
import { note } from '../report.ts';
import { safeJson, safeName } from '../safe-text.ts';
import { eventJson, isMomentary, isShown, type ShownEvent, shortId } from '../shape.ts';
import { stopped } from '../stopped.ts';
import type { Context, ExitCode } from '../usage.ts';
import { noteIfNotOwner, withServed } from '../with-peer.ts';

/** Prints events until `io.stop`; takes the home over when its owner goes. */
export async function run(context: Context): Promise<ExitCode> {
  const { args, io } = context;
  const json = args.has('json');
  const moments = json || args.has('signals');
  const typing = new Set<string>();
  await withServed(context, async (peer) => {
    await noteIfNotOwner(context, peer);
    const people = new People(peer.api);
    const lines = new Lines(async (event) => {
      await io.stdout.write(`${json ? safeJson(eventJson(event)) : eventLine(event, await people.of(event))}\n`);
    });
    const stopEvents = peer.api.onEvent((event) => {
      if (isShown(event) && (json || isNews(event, typing)) && (moments || !isMomentary(event))) lines.add(event);
    });
    await lines.hold(async () => {
      await peer.goOnline();
      const { account, name, peerId, addresses } = await peer.api.identity({});
      if (json) await io.stdout.write(`${safeJson({ event: 'ready', account, peerId, addresses })}\n`);
      else await note(context, `Listening as ${safeName(name)} (${shortId(account)}). Ctrl-C stops.`);
    });
    await stopped(io.stop);
    stopEvents();
    await lines.end();
  });
  return 0;
}

/** False for somebody who goes on typing. @param typing conversations in which somebody does */
function isNews(event: ShownEvent, typing: Set<string>): boolean {
  if (event.event !== 'typing') return true;
  const was = typing.has(event.conversation);
  if (event.until === 0) typing.delete(event.conversation);
  else typing.add(event.conversation);
  return was !== event.until > 0;
}

/** Events in their order, each printed before the next. */
class Lines {
  readonly #print: (event: ShownEvent) => Promise<void>;
  #last: Promise<void> = Promise.resolve();

  constructor(print: (event: ShownEvent) => Promise<void>) {
    this.#print = print;
  }

  add(event: ShownEvent): void {
    this.#last = this.#last.then(() => this.#print(event)).catch(() => undefined);
  }

  /** Does something before the next event is printed. */
  async hold(work: () => Promise<void>): Promise<void> {
    const held = this.#last.then(work);
    this.#last = held.catch(() => undefined);
    await held;
  }

  end(): Promise<void> {
    return this.#last;
  }
}
