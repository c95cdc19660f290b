// What must follow when a home log comes further, breaks its word or lost history.
import type { SlotPush } from '../net/relay-connection.ts';
import type { HomeLogEvents } from './home-log.ts';
import { noteContradiction, noteExpired } from './notices.ts';
import type { Parts } from './parts.ts';
import type { B64 } from './records.ts';
import { repair } from './repair.ts';
import { retryHeld } from './upkeep.ts';
import type { Comparison } from './witness.ts';

/** What log events set in motion elsewhere. */
export interface LogNeeds {
  /** Our word about this conversation is due. */
  touchReceipt(conversation: B64): void;
  /** The other side's view of the log was compared with ours. */
  compared(conversation: B64, seen: Comparison): void;
  slot(conversation: B64, slot: SlotPush): void;
  /** More of the log stands on this disk: what spoke of it too early can be looked at again. */
  further(conversation: B64): void;
  /** The conversation was taken back to the last common entry; its log may run again. */
  repaired(conversation: B64): Promise<void>;
}

/** The events of every home log of a peer. */
export function logEvents(parts: Parts, needs: LogNeeds): HomeLogEvents {
  return {
    taken: (conversation, received, seen) => taken(parts, needs, conversation, received, seen),
    began: (conversation) => {
      needs.touchReceipt(conversation);
      needs.compared(conversation, 'unknown');
    },
    slot: (conversation, slot) => needs.slot(conversation, slot),
    diverged: (conversation, epoch, connection, handle, cursor, name, head) => {
      void repair(parts, { conversation, epoch, connection, handle, cursor, name, head })
        .then((again) => (again ? needs.repaired(conversation) : undefined))
        .catch(() => connection.close());
    },
    expired: (conversation, epoch, from, to, chain) => noteExpired(parts, conversation, epoch.log, from, to, chain),
    contradiction: (conversation, reason) => void noteContradiction(parts, conversation, reason),
  };
}

function taken(parts: Parts, needs: LogNeeds, conversation: B64, received: number, seen: Comparison): void {
  needs.further(conversation);
  needs.compared(conversation, seen);
  // Reading back what we said ourselves is nothing to tell the other side.
  if (received === 0) return;
  needs.touchReceipt(conversation);
  const tell = (news: boolean) => {
    if (!news) return;
    needs.further(conversation);
    needs.touchReceipt(conversation);
  };
  void retryHeld(parts, conversation).then(tell, () => parts.log.warn('what waits for a key could not be tried'));
}
