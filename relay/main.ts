#!/usr/bin/env node
// The operator's door to the relay: arguments, exit codes, signals. It must never print what a user sent.
import { argv, exit, stderr, stdout, umask } from 'node:process';
import { isSottoError } from '../core/base/errors.ts';
import { helpOf, USAGE } from './help.ts';
import { OPERATOR_COMMANDS } from './operator/table.ts';
import { growYoungAtOnce } from './young.ts';

/** Exit codes: done, failed with a reason, wrong usage. */
const EXIT = { DONE: 0, FAILED: 1, USAGE: 2 } as const;

async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') return say(USAGE);
  const command = Object.hasOwn(OPERATOR_COMMANDS, name) ? OPERATOR_COMMANDS[name] : undefined;
  if (command === undefined) return fail(`${name === '' ? 'A command is needed.' : 'There is no such command.'}\n\n${USAGE}`, EXIT.USAGE);
  if (rest.includes('--help') || rest.includes('-h')) return say(helpOf(name));
  try {
    return (await command.run(rest)) ?? EXIT.DONE;
  } catch (error) {
    if (isSottoError(error, 'BAD_INPUT')) return fail(`${error.message}\nTry: sotto-relay ${name} --help`, EXIT.USAGE);
    return fail(isSottoError(error) ? error.message : 'Something inside the relay failed.', EXIT.FAILED);
  }
}

function say(text: string): number {
  stdout.write(`${text}\n`);
  return EXIT.DONE;
}

function fail(text: string, code: number): number {
  stderr.write(`sotto-relay: ${text}\n`);
  return code;
}

// Everything a relay writes is the operator's alone, also in a folder made by hand.
umask(0o077);
growYoungAtOnce();
exit(await main(argv.slice(2)));
