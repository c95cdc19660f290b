// A link that was opened outside of Sotto, until somebody has looked at it. Hostile: it is only ever put into the field.
import { Cell } from '../app/readable.ts';

/** The link to show; null: none. */
export const offeredLink = new Cell<string | null>(null);
