// What can be done with a message, made once for a conversation, so that rows stay as they are.
import type { Message } from '../../../core/api.ts';
import type { Link } from './message-text.ts';

/** See the head of this file. */
export interface MessageActions {
  copy(message: Message): void;
  retry(message: Message): void;
  showDetail(message: Message): void;
  openLink(link: Link): void;
}
