// One run of `sotto`: finds the command, parses, runs, and turns every outcome into an exit code.
import { findCommand, parseWords } from './arguments.ts';
import type { LoadEngine } from './engine.ts';
import type { Io } from './io.ts';
import { asSottoError, complain } from './report.ts';
import { COMMANDS } from './table.ts';
import { type Command, type ExitCode, UsageError } from './usage.ts';

/** Runs the words after `sotto`. Never throws. @param version gives what `--version` prints */
export async function run(argv: readonly string[], io: Io, loadEngine: LoadEngine, version: () => string): Promise<ExitCode> {
  const found = findCommand(COMMANDS, argv);
  if (found === null) return withoutCommand(argv, io, version);
  if (asksForHelp(found.rest)) {
    await io.stdout.write((await import('./help.ts')).commandHelp(found.command));
    return 0;
  }
  return runCommand(found.command, found.rest, io, loadEngine);
}

async function runCommand(command: Command, rest: readonly string[], io: Io, loadEngine: LoadEngine): Promise<ExitCode> {
  try {
    const args = parseWords(command, rest);
    const { run: work } = await command.load();
    return await work({ args, io, loadEngine });
  } catch (error) {
    if (error instanceof UsageError) return wrongUsage(command, error, io);
    if (io.stop.reason === 'EPIPE') return 0; // who reads us has enough
    await complain({ io }, beforeDashes(rest).includes('--json'), asSottoError(error));
    return 1;
  }
}

async function wrongUsage(command: Command, error: UsageError, io: Io): Promise<ExitCode> {
  const { usageLine } = await import('./help.ts');
  await io.stderr.write(`sotto: ${error.message}\n${usageLine(command)}\n`);
  return 2;
}

async function withoutCommand(argv: readonly string[], io: Io, version: () => string): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === '--version') {
    await io.stdout.write(`sotto ${version()}\n`);
    return 0;
  }
  const { commandHelp, overview, unknownCommand } = await import('./help.ts');
  if (first === undefined || first === '--help' || first === 'help') {
    const asked = findCommand(COMMANDS, rest);
    await io.stdout.write(asked === null ? overview() : commandHelp(asked.command));
    return 0;
  }
  await io.stderr.write(unknownCommand(first));
  return 2;
}

function asksForHelp(rest: readonly string[]): boolean {
  return beforeDashes(rest).includes('--help');
}

function beforeDashes(words: readonly string[]): readonly string[] {
  const dashes = words.indexOf('--');
  return dashes === -1 ? words : words.slice(0, dashes);
}
