// The engine's side of a carrier: answers a window's calls and tells it every event. The window is not trusted: a frame that is none ends
// the line, and nothing leaves that the contract does not promise.
import { SottoError } from '../base/errors.ts';
import type { Carrier } from './carrier.ts';
import { checkEvent, checkInput, checkOutput, isCall, plainError } from './check.ts';
import type { ApiOf, Contract } from './contract.ts';
import { MAX_SENTENCE_CHARS, type ReplyFrame, type RequestFrame, readRequest, writeAnswer, writeEvent, writeEvents } from './frames.ts';

/** Calls of one window under way at a time; more are REFUSED, because a port cannot be paused. */
export const MAX_CALLS_UNDER_WAY = 256;

/** Events of one turn go together, until their frame is this long, UTF-16 units: a run of a backlog tells hundreds, and a frame for each costs both sides more than the event. */
const EVENTS_TOGETHER_CHARS = 65_536;

/** What else an engine may say to `serveApi`. */
export interface ServeOptions {
  /** Hears why an event was withheld or a line ended, by code and sentence only: the engine's own fault, or a window that breaks the contract. */
  readonly onFault?: (fault: SottoError) => void;
}

/** Serves `api` to the window at the other end, with all events from now on, until the carrier closes. */
export function serveApi<C extends Contract>(carrier: Carrier, contract: C, api: ApiOf<C>, options: ServeOptions = {}): void {
  let underWay = 0;
  let events: string[] = [];
  let chars = 0;
  const tell = () => {
    if (events.length > 0) carrier.send(writeEvents(events));
    events = [];
    chars = 0;
  };
  const happened = (event: string) => {
    if (chars + event.length > EVENTS_TOGETHER_CHARS) tell();
    if (events.length === 0) queueMicrotask(tell);
    events.push(event);
    chars += event.length;
  };
  const say = (frame: ReplyFrame) => {
    // What happened before an answer is heard before it.
    tell();
    carrier.send(writeAnswer(frame));
  };

  const answer = async (frame: RequestFrame): Promise<void> => {
    underWay += 1;
    try {
      if (underWay > MAX_CALLS_UNDER_WAY) throw new SottoError('REFUSED', 'Too many calls at a time; wait for an answer first.');
      say({ kind: 'res', id: frame.id, output: await run(contract, api, frame) });
    } catch (error) {
      say(errorFrame(frame.id, error));
    } finally {
      underWay -= 1;
    }
  };

  carrier.onFrame((text) => {
    try {
      void answer(readRequest(text));
    } catch (error) {
      options.onFault?.(error as SottoError);
      carrier.close();
    }
  });
  const stopEvents = api.onEvent((event) => {
    try {
      happened(writeEvent(checkEvent(contract, event)));
    } catch (error) {
      options.onFault?.(error as SottoError);
    }
  });
  carrier.onClose(stopEvents);
}

async function run<C extends Contract>(contract: C, api: ApiOf<C>, { name, input }: RequestFrame): Promise<unknown> {
  if (!isCall(contract, name)) throw new SottoError('BAD_INPUT', 'There is no such call.');
  const call = api[name] as (input: unknown) => Promise<unknown>;
  return checkOutput(contract, name, await call(checkInput(contract, name, input)));
}

function errorFrame(id: number, error: unknown): ReplyFrame {
  const { code, message } = plainError(error);
  return { kind: 'err', id, code, message: message.slice(0, MAX_SENTENCE_CHARS) };
}
