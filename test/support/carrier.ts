// An engine with answers made for a test, and two carriers joined in memory; no peer, no disk.
import type { Contact, Message, PeerApi, PeerEvent } from '../../core/api.ts';
import { calls } from '../../core/api.ts';
import { type Carrier, Ending } from '../../core/carrier/carrier.ts';

/** Bob as Alice's engine shows him. */
export const bob: Contact = {
  account: 'b0'.repeat(32),
  petname: 'Bob',
  claimedName: 'bob',
  state: 'accepted',
  verified: false,
  blocked: false,
  direct: false,
};

/** A message of Alice to Bob. */
export function message(text: string): Message {
  const id = 'ab'.repeat(16);
  const rest = { storedAt: null, epoch: null, seq: null, reason: null, provisional: false };
  return { id, conversation: 'cd'.repeat(16), direction: 'out', from: 'a1'.repeat(32), text, sentAt: 1, state: 'queued', ...rest };
}

/** An engine of which a test says the answers, and events. */
export interface MadeEngine {
  readonly api: PeerApi;
  /** Every call that reached it. */
  readonly asked: readonly (readonly [string, unknown])[];
  /** Listeners for events. */
  readonly listening: () => number;
  /** One call, also one that a peer does not have. */
  call(name: string): (input: unknown) => Promise<unknown>;
  /** Tells an event, or something that is none. */
  tell(event: unknown): void;
}

/** Answers by name of the call; what has none answers nothing, which is against the contract of most. */
export function madeEngine(answers: Readonly<Record<string, (input: unknown) => unknown>>): MadeEngine {
  const asked: (readonly [string, unknown])[] = [];
  const listeners = new Set<(event: PeerEvent) => void>();
  const call = (name: string) => async (input: unknown) => {
    asked.push([name, input]);
    return answers[name]?.(input);
  };
  const answered = Object.keys(calls).map((name) => [name, call(name)]);
  const onEvent = (listener: (event: PeerEvent) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    api: { ...Object.fromEntries(answered), onEvent } as PeerApi,
    asked,
    listening: () => listeners.size,
    call,
    tell: (event) => {
      for (const listener of listeners) listener(event as PeerEvent);
    },
  };
}

/** Two ends of one line in memory: what one sends, the other gets a turn later, in order. */
export function carrierPair(): readonly [Carrier, Carrier] {
  const ending = new Ending();
  const end = () => void ending.happen();
  const listeners: [(frame: unknown) => void, (frame: unknown) => void] = [() => undefined, () => undefined];
  const side = (mine: 0 | 1, theirs: 0 | 1): Carrier => ({
    send: (frame) =>
      queueMicrotask(() => {
        if (!ending.over) listeners[theirs](frame);
      }),
    onFrame: (listener) => {
      listeners[mine] = listener;
    },
    onClose: (listener) => ending.listen(listener),
    close: end,
  });
  return [side(0, 1), side(1, 0)];
}
