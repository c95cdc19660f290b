// Help and usage lines, drawn from the table of commands; nothing about a command is written here.
import { COMMANDS, GROUPS } from './table.ts';
import type { Command, Flag, Positional } from './usage.ts';

const NAME_CELLS = 26;

/** `usage: sotto send WHO [TEXT…] [--stdin] …`, without the flags that every command has. */
export function usageLine(command: Command): string {
  const common = new Set(['home', 'json', 'passphrase-file', 'help']);
  const flags = command.flags.filter((flag) => !common.has(flag.name)).map(usageOfFlag);
  return ['usage: sotto', command.name, ...command.positionals.map(usageOfPositional), ...flags, '[--json] [--home DIR]'].join(' ');
}

/** Everything about one command. */
export function commandHelp(command: Command): string {
  const flags = command.flags.map((flag) =>
    row(flag.value === null ? `--${flag.name}` : `--${flag.name} ${flag.value}${flag.many ? ' …' : ''}`, flag.help),
  );
  return [
    `sotto ${command.name}: ${command.summary}`,
    '',
    usageLine(command),
    ...(command.details === undefined ? [] : ['', command.details]),
    ...(command.positionals.some((positional) => positional.name === 'WHO') ? ['', WHO_HELP] : []),
    '',
    ...flags,
    '',
    'Examples',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

const WHO_HELP = 'WHO is the name you gave, an account id or a unique beginning of one; for a request also the name it claims.';

/** The list of all commands. */
export function overview(): string {
  const lines = ['sotto: messages that only the people talking can read', '', 'usage: sotto COMMAND [ARGUMENT…] [--json] [--home DIR]', ''];
  for (const group of GROUPS) {
    lines.push(
      group,
      ...COMMANDS.filter((command) => command.group === group).map((command) => row(synopsis(command), command.summary)),
      '',
    );
  }
  return [...lines, ...CLOSING, ''].join('\n');
}

const CLOSING = [
  '`sotto COMMAND --help` says more about each; `sotto --version` says which this is.',
  'Exit codes: 0 done, 1 failed with a reason on stderr, 2 wrong usage.',
  'One process has a home open at a time. Any other command is passed on to it through a socket that only your user can',
  'open; such a command asks for no passphrase, since that process has given it.',
];

/** What to say of a first word that is no command, or only half of one. */
export function unknownCommand(first: string): string {
  const halves = COMMANDS.filter((command) => command.name.startsWith(`${first} `));
  if (halves.length > 0) return `sotto: a word is missing.\n${halves.map((command) => `${usageLine(command)}\n`).join('')}`;
  return `sotto: there is no command ${JSON.stringify(first)}; \`sotto --help\` lists them all.\nusage: sotto COMMAND [ARGUMENT…]\n`;
}

/** A command and its words, as in the overview: `send WHO TEXT…`. */
export function synopsis(command: Command): string {
  return [command.name, ...command.positionals.map((positional) => `${positional.name}${positional.many ? '…' : ''}`)].join(' ');
}

function usageOfPositional(positional: Positional): string {
  const name = `${positional.name}${positional.many ? '…' : ''}`;
  return positional.optional ? `[${name}]` : name;
}

function usageOfFlag(flag: Flag): string {
  const text = flag.value === null ? `--${flag.name}` : `--${flag.name} ${flag.value}`;
  return `${flag.required ? text : `[${text}]`}${flag.many ? '…' : ''}`;
}

function row(left: string, right: string): string {
  return `  ${left.padEnd(NAME_CELLS)} ${right}`;
}
