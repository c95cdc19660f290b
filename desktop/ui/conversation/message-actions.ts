// What a row needs beside its message, made once for a conversation, so that rows stay as they are: what can be done, and the words. Hundreds of
// rows that each ask for the words themselves make scrolling slow.
import type { Message } from '../../../core/api.ts';
import type { Say } from '../words/use-words.ts';
import type { Link } from './message-text.ts';

/** See the head of this file. */
export interface MessageActions {
  readonly t: Say<'conversation'>;
  readonly language: string;
  /** How the other side is called, harmless. */
  readonly name: string;
  /** First moment of this local day, ms. */
  readonly today: number;
  copy(message: Message): void;
  retry(message: Message): void;
  showDetail(message: Message): void;
  openLink(link: Link): void;
}
