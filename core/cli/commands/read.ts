// `sotto read WHO`: a page of history in the one order. Fetches, lets go of the home, then prints.
import type { Contact, Message, PeerApi } from '../../api.ts';
import { countOf } from '../arguments.ts';
import { note, print } from '../report.ts';
import { safeJson, safeName } from '../safe-text.ts';
import { messageJson, nameOf, shortId, standing } from '../shape.ts';
import { transcript } from '../transcript.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { withStore } from '../with-peer.ts';

const DEFAULT_LIMIT = '50';
/** Most messages of one read; more are paged with --before. */
const MOST = 1_000_000;
/** Messages asked for at a time: an answer fits a frame of the socket however long they are. */
const PAGE = 100;
/** Characters of a name beside a message. */
const NAME = 20;

interface Page {
  readonly messages: readonly Message[];
  readonly before: string | null;
}

/** Prints a page of history. @throws UsageError, NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const who = word(context.args, 0);
  const limit = countOf(context.args.value('limit') ?? DEFAULT_LIMIT, 'limit', MOST);
  const before = context.args.value('before');
  const json = context.args.has('json');
  const { page, contact } = await withStore(context, async ({ api }) => {
    const page = await history(api, who, limit, before);
    // An older page shows nothing of what is new, so it says nothing about it; nor was anything read that came after this page.
    const last = page.messages.at(-1);
    if (before === null && last !== undefined && !context.args.has('peek')) await api.markRead({ who, upTo: last.id });
    return { page, contact: json ? null : await contactOf(api, page) };
  });
  if (json) await showJson(context, page);
  else await show(context, who, page, contact);
  return 0;
}

/** The newest `limit` messages before a cursor, oldest first, and the cursor of those before them. */
async function history(api: PeerApi, who: string, limit: number, before: string | null): Promise<Page> {
  const pages: (readonly Message[])[] = [];
  let cursor = before;
  let left = limit;
  do {
    const page = await api.history({ who, limit: Math.min(left, PAGE), before: cursor });
    pages.push(page.messages);
    left -= page.messages.length;
    cursor = page.before;
  } while (left > 0 && cursor !== null);
  return { messages: pages.reverse().flat(), before: cursor };
}

async function contactOf(api: PeerApi, page: Page): Promise<Contact | null> {
  const id = page.messages[0]?.conversation;
  return (await api.conversations({})).find((one) => one.id === id)?.with ?? null;
}

async function showJson(context: Context, page: Page): Promise<void> {
  await print(context, page.messages.map(messageJson), '');
  if (page.before !== null) await context.io.stderr.write(`${safeJson({ before: page.before })}\n`);
}

async function show(context: Context, who: string, page: Page, contact: Contact | null): Promise<void> {
  if (page.messages.length === 0) return note(context, 'Nothing here.');
  const theirs = contact === null ? safeName(who, NAME) : safeName(nameOf(contact), NAME);
  const head = contact === null ? theirs : `${theirs}  ${shortId(contact.account)}  ${standing(contact)}`;
  const earlier = page.before === null ? [] : [`earlier: sotto read ${shellWord(who)} --before ${shellWord(page.before)}`];
  const lines = transcript(page.messages, theirs, context.io.stdout.columns);
  await print(context, [], [head, ...earlier, '', ...lines].join('\n'));
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
