// The conversation above or below the one that is open, in the order of the list.
import type { ConversationRow, ConversationsState } from '../app/conversations-state.ts';

type List = Pick<ConversationsState, 'order'> & { readonly byAccount: { get(account: string): ConversationRow | undefined } };

/** The next in the list; from nowhere the first or the last; null at an end. */
export function neighbour({ order }: List, here: string | null, step: 1 | -1): string | null {
  const at = here === null ? -1 : order.indexOf(here);
  if (at === -1) return (step === 1 ? order[0] : order.at(-1)) ?? null;
  return order[at + step] ?? null;
}

/** The next below with something unread, then from the top again; null when everything is read. */
export function nextUnread({ order, byAccount }: List, here: string | null): string | null {
  const at = here === null ? -1 : order.indexOf(here);
  const around = [...order.slice(at + 1), ...order.slice(0, Math.max(0, at))];
  return (
    around.find((account) => {
      const row = byAccount.get(account);
      return row !== undefined && row.unread > 0 && !row.with.blocked;
    }) ?? null
  );
}
