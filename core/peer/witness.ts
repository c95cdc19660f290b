// Compares views of a log: what a contact saw (in content and receipts) against the chain this device recomputed (H1).
import { hex, safeNumber } from '../base/bytes.ts';
import type { SignedHead } from '../net/relay-connection.ts';
import type { Batch } from './batch.ts';
import { epochOfLog } from './conversations.ts';
import { settledPlace } from './places.ts';
import { type B64, bytesOf, type CursorRecord, fieldOf, keys, type RowRecord, readRecord } from './records.ts';

/** A point of a log as somebody says they saw it. */
export interface SeenClaim {
  readonly log: Uint8Array;
  readonly seq: number | bigint;
  readonly chain: Uint8Array;
}

/** `fork`: two histories were shown; `ahead`: the other side saw more than my relay shows me so far; `agrees`: one history; `unknown`: not comparable. */
export type Comparison = 'agrees' | 'fork' | 'ahead' | 'unknown';

/** Compares what somebody saw with what this device has, and keeps a warning when they differ. */
export async function compareSeen(batch: Batch, seen: SeenClaim | undefined, cursor: CursorRecord): Promise<Comparison> {
  if (seen === undefined || seen.log.length === 0) return 'unknown';
  const epoch = epochOfLog(batch.conversation, fieldOf(seen.log));
  if (epoch === null) return 'unknown';
  const seq = typeof seen.seq === 'bigint' ? safeNumber(seen.seq) : seen.seq;
  if (seq > cursor.seq) {
    batch.parts.ahead(batch.conversation.id, fieldOf(seen.log), seq);
    return 'ahead';
  }
  const mine = await chainAt(batch, epoch.number, seq, cursor);
  if (mine === null) return 'unknown';
  if (mine === fieldOf(seen.chain)) return 'agrees';
  const signature = seq === cursor.seq ? cursor.signature : undefined;
  batch.warn(
    'fork',
    forkOf(batch.contact.petname),
    JSON.stringify({ log: hex(seen.log), seq, mine, signature, theirs: fieldOf(seen.chain) }),
  );
  return 'fork';
}

async function chainAt(batch: Batch, epoch: number, seq: number, cursor: CursorRecord): Promise<string | null> {
  if (seq === cursor.seq) return cursor.chain;
  const name = `${epoch}.${seq}`;
  const known = batch.points.get(name);
  if (known !== undefined) return known;
  const row = await readRecord<RowRecord>(batch.change, keys.row(batch.conversation.id, settledPlace(epoch, seq)));
  batch.points.set(name, row?.chain ?? null);
  return row?.chain ?? null;
}

/** A contact's word is no proof: only two heads that the relay signed say that it was the relay (H1). */
function forkOf(petname: string | null): string {
  const [first, again] = petname === null ? ['Your contact', 'your contact'] : [petname, petname];
  return `${first}'s device saw another history of this conversation than yours: the relay or ${again}'s device is at fault.`;
}

/** What a relay signed before and signs now about one log (JSON): where both name one entry, it proves a fork to anybody who knows its PeerId. */
export function historyProof(log: B64, relay: string, had: CursorRecord, head: SignedHead | null, common?: number): string {
  const shown = head === null ? null : { seq: head.seq, chain: fieldOf(head.chain), time: head.time, signature: fieldOf(head.signature) };
  return JSON.stringify({ log: hex(bytesOf(log)), relay, had, shown, common });
}
