// The shape of a command's entry in the table, and the one error of wrong usage.
import type { LoadEngine } from './engine.ts';
import type { Io } from './io.ts';

/** One word that stands at a place. */
export interface Positional {
  readonly name: string;
  /** Takes all words from here on. */
  readonly many?: true;
  readonly optional?: true;
}

/** One `--flag`. */
export interface Flag {
  readonly name: string;
  /** What its value is called in the help; null for a switch. */
  readonly value: string | null;
  /** May be given more than once. */
  readonly many?: true;
  readonly required?: true;
  readonly help: string;
}

/** One command: help, usage errors, parsing and the README all follow from this. */
export interface Command {
  /** One or two words. */
  readonly name: string;
  readonly group: string;
  readonly positionals: readonly Positional[];
  readonly flags: readonly Flag[];
  readonly summary: string;
  /** Further lines of the help. */
  readonly details?: string;
  readonly examples: readonly string[];
  /** Loads the code of this command alone. */
  readonly load: () => Promise<{ run(context: Context): Promise<ExitCode> }>;
}

/** 0 done, 1 failed with a reason, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** The parsed words of one call. */
export interface Arguments {
  /** The words by position. */
  readonly words: readonly string[];
  has(flag: string): boolean;
  value(flag: string): string | null;
  values(flag: string): readonly string[];
}

/** All that a command gets. */
export interface Context {
  readonly args: Arguments;
  readonly io: Io;
  readonly loadEngine: LoadEngine;
}

/** Wrong usage: exit code 2, with the usage line. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The word at a place, which parsing has made sure of. */
export function word(args: Arguments, place: number): string {
  const found = args.words[place];
  if (found === undefined) throw new UsageError('A word is missing.');
  return found;
}
