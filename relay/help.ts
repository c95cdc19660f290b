// The words of `sotto-relay --help` and of each command's help, made from the tables of commands and settings.
import { settingLines } from './config.ts';
import { OPERATOR_COMMANDS } from './operator/table.ts';

const lines = Object.entries(OPERATOR_COMMANDS).map(([name, { usage }]) => `sotto-relay ${name} ${usage}`);

/** What stands above everything. */
export const USAGE = `Usage: ${[...lines, 'sotto-relay COMMAND --help'].join('\n       ')}

A relay keeps encrypted messages for peers that are away and numbers them. It cannot read them.
Exit codes: 0 done, 1 failed with a reason, 2 wrong usage.`;

/** Help of one command. */
export function helpOf(name: string): string {
  const command = OPERATOR_COMMANDS[name];
  if (command === undefined) return USAGE;
  return `Usage: sotto-relay ${name} ${command.usage}\n\n${command.help}\n\n${settingLines(command.settings)}`;
}
