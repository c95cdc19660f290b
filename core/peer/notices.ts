// What a log told us that a person must hear: entries that expired unread, and a relay that contradicts itself.
import type { SignedHead } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import type { Parts } from './parts.ts';
import type { RelayRecord } from './people-records.ts';
import { type B64, type CursorRecord, keys, writeRecord } from './records.ts';
import { type Notice, warn } from './warnings.ts';
import { historyProof } from './witness.ts';

/** Entries the relay let go before this device read them: said, and the reading goes on behind them. @throws store faults */
export function noteExpired(parts: Parts, conversation: B64 | null, log: B64, from: number, to: number, chain: B64): Promise<void> {
  const text = `${to - from} ${conversation === null ? 'letters' : 'messages'} expired at the relay before this device read them.`;
  return note(parts, { kind: 'expired-unread', conversation, text }, (change) => {
    writeRecord(change, keys.cursor(log), { seq: to, chain, time: 0 });
  });
}

/** The relay broke its own word; the log is left alone on this connection. Never rejects: a failing disk comes to light elsewhere. */
export async function noteContradiction(parts: Parts, conversation: B64 | null, reason: string): Promise<void> {
  const text = `The relay contradicts itself about ${conversation === null ? 'the letters to you' : 'this conversation'}. ${reason}`;
  const failed = () => parts.log.warn('a contradiction could not be kept');
  await note(parts, { kind: 'fork', conversation, text }, () => undefined).catch(failed);
}

/**
 * The relay does not hold the letters this device read there (C5, H1): said, and the inbox is read anew from its beginning, since letters
 * are known by their ids. @throws store faults
 */
export function noteOtherLetters(
  parts: Parts,
  { peerId, inbox }: RelayRecord,
  had: CursorRecord,
  name: 'AHEAD' | 'FORK',
  head: SignedHead | null,
): Promise<void> {
  const what = name === 'AHEAD' ? 'The relay lost the newest letters to you' : 'The relay shows other letters to you than before';
  const notice: Notice = {
    kind: name === 'AHEAD' ? 'restored' : 'fork',
    conversation: null,
    text: `${what}; what it has now is read.`,
    proof: historyProof(inbox.log, peerId, had, head),
  };
  return note(parts, notice, (change) => change.delete(keys.cursor(inbox.log)));
}

/** Another connection came with this device's own key (H7). Never rejects, as noteContradiction. */
export async function noteElsewhere(parts: Parts): Promise<void> {
  const text =
    'This device connected to a relay a second time, and not from here: its home may have been copied, or runs on another computer.';
  const failed = () => parts.log.warn('a second connection could not be kept');
  await note(parts, { kind: 'cloned', conversation: null, text }, () => undefined).catch(failed);
}

async function note(parts: Parts, notice: Notice, also: (change: Change) => void): Promise<void> {
  const news: (() => void)[] = [];
  await parts.serial(async () => {
    const change = new Change(parts.store);
    also(change);
    warn(parts, change, news, notice);
    await change.commit();
  });
  for (const tell of news) tell();
}
