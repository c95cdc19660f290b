// What a window of a conversation shows, and what it is read by.
import type { Message } from '../../../core/api.ts';
import type { WindowApi } from '../../../core/window-api.ts';

/** The calls a window makes. */
export type PageCalls = Pick<WindowApi, 'history' | 'historyAfter' | 'firstUnread'>;

/** What a reader sees. The same object until something changed. */
export interface WindowView {
  /** False until the first page is there. */
  readonly opened: boolean;
  readonly messages: readonly Message[];
  /** True when nothing stands before, and behind, what is held. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** The first message that was unread when the reader came, or that arrived while nobody looked; null: none. */
  readonly unreadFrom: string | null;
  /** What the last call failed with; null once one succeeds. */
  readonly fault: unknown;
  /** Rises whenever other pages took the place of all that was shown. */
  readonly turn: number;
}

/** Before the first page. */
export const EMPTY: WindowView = { opened: false, messages: [], atStart: false, atEnd: false, unreadFrom: null, fault: null, turn: 0 };

/** The conversation that messages belong to; what was written before there is one has a number of zeros. */
export function conversationOf(messages: readonly Message[]): string | null {
  return messages.find((message) => !isBeforeAny(message))?.conversation ?? null;
}

/** True for what was written to somebody who has not answered yet: only whoever sent it can tell to whom. */
export function isBeforeAny({ conversation }: Message): boolean {
  return /^0+$/.test(conversation);
}
