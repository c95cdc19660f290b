// `sotto conversations`: where something is unread, and what was said last.
import type { Conversation, Message } from '../../api.ts';
import { moment, table } from '../layout.ts';
import { print } from '../report.ts';
import { safeLine } from '../safe-text.ts';
import { bodyOf, conversationJson, nameOf, shortId, warningLine } from '../shape.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Characters of the last message that are shown. */
const GLIMPSE = 48;

/** Prints the conversations as a table, or one JSON object each; what is wrong with one stands below. */
export async function run(context: Context): Promise<ExitCode> {
  const conversations = await withStore(context, (peer) => peer.api.conversations({}));
  const warnings = conversations.flatMap((one) => one.warnings.map((warning) => `! ${nameOf(one.with)}: ${warningLine(warning)}\n`));
  const human = table(['NAME', 'ACCOUNT', 'UNREAD', 'LAST', ''], conversations.map(row)) || 'No conversations yet.\n';
  await print(context, conversations.map(conversationJson), [human, ...warnings].join(''));
  return 0;
}

function row(conversation: Conversation): string[] {
  const { last, unread } = conversation;
  return [
    nameOf(conversation.with),
    shortId(conversation.with.account),
    unread === 0 ? '' : `${unread}`,
    last === null ? '' : moment(last.sentAt),
    last === null ? '' : glimpse(last),
  ];
}

function glimpse(last: Message): string {
  const words = safeLine([...bodyOf(last)].slice(0, GLIMPSE + 1).join(''));
  const short = [...words].length > GLIMPSE ? `${[...words].slice(0, GLIMPSE - 1).join('')}…` : words;
  return last.direction === 'out' ? `you: ${short}` : short;
}
