// A relay that is not honest: what a connection to the real one hands on is held back, left out, repeated, mixed or exchanged.
import type { Answer, Entries, OpenedLog, RelayConnection, Sink, SlotPush, Subscribed } from '../../core/net/relay-connection.ts';
import type { Tamper } from './people.ts';

/** Methods of a connection that a test replaces; `this` is never used by them. */
export type Replaced = Partial<{ [Name in keyof RelayConnection]: RelayConnection[Name] }>;

/** A connection of which some methods are replaced; all else is the real one's. */
export function replace(real: RelayConnection, methods: Replaced): RelayConnection {
  return new Proxy(real, {
    get(target, name) {
      if (name in methods) return methods[name as keyof RelayConnection];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Changes what is pushed on its way to the engine: an answer of nothing holds it back. */
export interface Pushes {
  entries?(run: Entries, give: (run: Entries) => void): void;
  slot?(slot: SlotPush, give: (slot: SlotPush) => void): void;
}

/** A relay that lies about conversations' logs (the inbox has no append handle of a member and stays honest): `lies` is asked at each subscription. */
export function lying(lies: (handle: OpenedLog | null) => Pushes): Tamper {
  return (real) => {
    const opened = new Map<number, OpenedLog>();
    return replace(real, {
      async openLog(proof) {
        const answer = await real.openLog(proof);
        if (answer.ok) opened.set(answer.value.handle, answer.value);
        return answer;
      },
      subscribe(handle, reader, after, chain, sink): Promise<Answer<Subscribed>> {
        return real.subscribe(handle, reader, after, chain, through(sink, lies(opened.get(handle) ?? null)));
      },
    });
  };
}

function through(sink: Sink, { entries, slot }: Pushes): Sink {
  return {
    entries: (run) => (entries === undefined ? sink.entries(run) : entries(run, (changed) => sink.entries(changed))),
    slot: (push) => (slot === undefined ? sink.slot(push) : slot(push, (changed) => sink.slot(changed))),
  };
}
