// What the palette shows for what was typed: what fits best first, people first among equals; few enough to draw at once.
import type { Client } from '../app/client.ts';
import type { ConversationRow } from '../app/conversations-state.ts';
import { peopleByAccount } from './by-account.ts';
import type { Command } from './commands.ts';
import { fold } from './fold.ts';
import { bestFirst, type Candidate, search } from './rank.ts';

/** People shown at most: who is not among them types one letter more. */
const MOST_PEOPLE = 30;
/** People and commands shown before anything is typed. */
const FIRST_PEOPLE = 7;

/** Somebody who can be opened. */
export interface Person extends Candidate {
  readonly kind: 'person';
  readonly id: string;
  readonly row: ConversationRow;
}

/** Something that can be done. */
export interface Action extends Candidate {
  readonly kind: 'command';
  readonly id: string;
  readonly command: Command;
  readonly label: string;
}

/** One entry. */
export type Entry = Person | Action;

/** Everybody in the list, the newest first, with their names folded once. */
export function peopleOf(client: Pick<Client, 'conversations'>): readonly Person[] {
  const { order, byAccount } = client.conversations.get();
  return order.flatMap((account) => {
    const row = byAccount.get(account);
    if (row === undefined) return [];
    const names = [row.with.petname, row.with.claimedName].filter((name) => name !== null);
    return [{ kind: 'person' as const, id: account, row, folded: names.map(fold) }];
  });
}

/** The commands by the words they are shown with. */
export function actionsOf(commands: readonly Command[], label: (command: Command) => string): readonly Action[] {
  return commands.map((command) => {
    const words = label(command);
    return { kind: 'command', id: command.id, command, label: words, folded: [fold(words)] };
  });
}

/** What fits. */
export function entriesFor(query: string, people: readonly Person[], actions: readonly Action[]): readonly Entry[] {
  const isEmpty = query.trim() === '';
  return bestFirst<Entry>(
    search(query, people, isEmpty ? FIRST_PEOPLE : MOST_PEOPLE),
    peopleByAccount(query, people, MOST_PEOPLE).map((candidate) => ({ candidate, score: 0, fit: 3 })),
    search(query, actions, actions.length),
  );
}
