// Finds the command in the words of the command line and parses its flags, by the table alone.
import { parseArgs } from 'node:util';
import { type Arguments, type Command, UsageError } from './usage.ts';

/** The command that `argv` begins with and the words after its name; null when it begins with none. */
export function findCommand(commands: readonly Command[], argv: readonly string[]): { command: Command; rest: readonly string[] } | null {
  const pair = argv.slice(0, 2).join(' ');
  const two = commands.find((command) => command.name === pair);
  if (two !== undefined) return { command: two, rest: argv.slice(2) };
  const one = commands.find((command) => command.name === argv[0]);
  return one === undefined ? null : { command: one, rest: argv.slice(1) };
}

/** Parses the words after a command's name. @throws UsageError */
export function parseWords(command: Command, rest: readonly string[]): Arguments {
  const { values, positionals } = parse(command, rest);
  checkCount(command, positionals);
  for (const flag of command.flags) {
    if (flag.required && values[flag.name] === undefined) throw new UsageError(`--${flag.name} is missing.`);
  }
  const all = (flag: string): string[] => [values[flag] ?? []].flat().filter((value) => typeof value === 'string');
  return {
    words: positionals,
    has: (flag) => values[flag] !== undefined,
    value: (flag) => all(flag).at(-1) ?? null,
    values: all,
  };
}

function parse(command: Command, rest: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }> = {};
  for (const flag of command.flags) options[flag.name] = { type: flag.value === null ? 'boolean' : 'string', multiple: flag.many === true };
  try {
    return parseArgs({ args: [...rest], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(sentence(error));
  }
}

/** The first sentence of what node:util says; the rest explains parseArgs to programmers. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '([^']*)'/.exec(text);
  if (unknown !== null) return `There is no flag ${unknown[1]} here (words that begin with a dash go after --).`;
  return `${text.split(/\.\s|\n/, 1)[0]?.replace(/\.$/, '')}.`;
}

function checkCount(command: Command, words: readonly string[]): void {
  const least = command.positionals.filter((positional) => positional.optional !== true).length;
  const most = command.positionals.some((positional) => positional.many) ? Number.POSITIVE_INFINITY : command.positionals.length;
  if (words.length < least) throw new UsageError(`${command.positionals[words.length]?.name ?? 'A word'} is missing.`);
  if (words.length > most) throw new UsageError(`There is a word too many: ${JSON.stringify(words[most])}.`);
}

/** `7d`, `12h`, `30m`, `90s`, `2w` as ms. @throws UsageError */
export function duration(text: string, flag: string): number {
  const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  if (match === null) throw new UsageError(`--${flag} takes a time such as 30m, 12h or 7d.`);
  return Number(match[1]) * unit[match[2] as keyof typeof unit];
}

/** Seconds as ms. @throws UsageError */
export function seconds(text: string, flag: string): number {
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text)) throw new UsageError(`--${flag} takes a number of seconds.`);
  return Math.round(Number(text) * 1_000);
}

/** A whole number of at least 1. @throws UsageError */
export function countOf(text: string, flag: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) throw new UsageError(`--${flag} takes a whole number from 1 to ${most}.`);
  return count;
}
