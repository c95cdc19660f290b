// The words of `sotto-relay --help` and of each command's help.
import { SETTINGS, settingLines } from './config.ts';

/** What stands above everything. */
export const USAGE = `Usage: sotto-relay run --data DIR --listen MULTIADDR… [--announce MULTIADDR…] [--open | --closed]
                       [--clock-is-right] [--with-parent] [--json]
       sotto-relay token --data DIR
       sotto-relay restored --data DIR
       sotto-relay COMMAND --help

A relay keeps encrypted messages for peers that are away and numbers them. It cannot read them.
Exit codes: 0 done, 1 failed with a reason, 2 wrong usage.`;

const HELP: Readonly<Record<string, string>> = {
  run: `Usage: sotto-relay run --data DIR --listen MULTIADDR… [--announce MULTIADDR…] [--open | --closed]
                       [--clock-is-right] [--with-parent] [--json]

Runs the relay until it gets SIGTERM or SIGINT; then it answers what it accepted and goes. A second signal stops it at once.

${settingLines(SETTINGS)}`,
  token: `Usage: sotto-relay token --data DIR

Makes a token and prints the line to hand out, MULTIADDR#TOKEN. Works while the relay runs; the relay must have run once.
Removing the token's file from DIR/tokens takes it back for whoever has not registered yet.

${settingLines({ data: SETTINGS.data })}`,
  restored: `Usage: sotto-relay restored --data DIR

Say this once after the folder was brought back from a backup, before the relay runs again: peers then compare what they
saw with what is here, and carry back what the backup lacks.

${settingLines({ data: SETTINGS.data })}`,
};

/** Help of one command. */
export function helpOf(command: string): string {
  return HELP[command] ?? USAGE;
}
