// A relay that is not honest: what a connection to the real one hands on is held back, left out, repeated, mixed or exchanged.
import { type Bytes, hex } from '../../core/base/bytes.ts';
import type { Entries, Entry, RelayConnection, SlotPush } from '../../core/net/relay-connection.ts';
import { chainNext } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';

/** Methods of a connection that a test replaces. */
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

/** What a lie does to one run on its way; it gives on what it likes, when it likes. */
export type Lie = (run: Entries, give: (run: Entries) => void) => void;

/** One person's relay, honest until it is told to lie. */
export class LyingRelay {
  /** What it does to pushed entries of conversations; null: nothing. */
  lie: Lie | null = null;
  /** What it does to pushed letters; null: nothing. */
  inboxLie: Lie | null = null;
  /** What it does to pushed slots. */
  slots: ((slot: SlotPush, give: (slot: SlotPush) => void) => void) | null = null;
  /** Ends every connection, as a relay may at any time. */
  readonly open = new Set<RelayConnection>();
  /** Pushes something into the log with this id (hex), as if it stood there. */
  readonly push = new Map<string, (...envelopes: Bytes[]) => void>();
  /** Logs with these ids (hex) are inboxes. */
  readonly #inboxes = new Set<string>();

  readonly tamper = (real: RelayConnection): RelayConnection => {
    const logs = new Map<number, string>();
    this.open.add(real);
    void real.closed.then(() => this.open.delete(real));
    return replace(real, {
      openLog: async (proof) => {
        const answer = await real.openLog(proof);
        if (!answer.ok || answer.value.log.length === 0) return answer;
        // A peer opens its own inbox first of all.
        if (logs.size === 0) this.#inboxes.add(hex(answer.value.log));
        logs.set(answer.value.handle, hex(answer.value.log));
        return answer;
      },
      subscribe: (handle, reader, after, chain, sink) => {
        const log = logs.get(handle) ?? '';
        if (this.#inboxes.has(log)) {
          const letters = (run: Entries) =>
            this.inboxLie === null ? sink.entries(run) : this.inboxLie(run, (changed) => sink.entries(changed));
          return real.subscribe(handle, reader, after, chain, { ...sink, entries: letters });
        }
        let last = { seq: after, chain, time: 0 };
        const give = (run: Entries): void => {
          const { entries } = run;
          for (const { seq, time, envelope } of entries)
            if (seq === last.seq + 1) last = { seq, time, chain: chainNext(last.chain, seq, time, envelopeId(envelope)) };
          sink.entries(run);
        };
        this.push.set(log, (...envelopes) => {
          const entries = envelopes.map((envelope, at) => ({ seq: last.seq + 1 + at, time: last.time, envelope }));
          give(chained(entries, { log: reader, chain: last.chain }));
        });
        return real.subscribe(handle, reader, after, chain, {
          entries: (run) => (this.lie === null ? give(run) : this.lie(run, give)),
          slot: (slot) => (this.slots === null ? sink.slot(slot) : this.slots(slot, (changed) => sink.slot(changed))),
        });
      },
    });
  };

  /** Ends all connections; the peer comes back by itself. */
  async hangUp(): Promise<void> {
    await Promise.all([...this.open].map((connection) => connection.close()));
  }
}

/** A run whose head fits its entries; its signature was checked further down the line and is not looked at any more. */
export function chained(entries: readonly Entry[], from: { readonly log: Bytes; readonly chain: Bytes }): Entries {
  let { chain } = from;
  for (const { seq, time, envelope } of entries) chain = chainNext(chain, seq, time, envelopeId(envelope));
  const last = entries.at(-1);
  return { entries, head: { log: from.log, seq: last?.seq ?? 0, time: last?.time ?? 0, chain, signature: new Uint8Array(64) } };
}

/** A lie that shows other entries than stand in the log, with chain and heads that fit what it shows. */
export function showing(start: { readonly log: Bytes; readonly chain: Bytes }, change: (entry: Entry) => Entry): Lie {
  let { chain } = start;
  return (run, give) => {
    const shown = chained(run.entries.map(change), { log: start.log, chain });
    chain = shown.head.chain;
    give(shown);
  };
}
