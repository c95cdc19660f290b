// The table of commands: what it parses, what it refuses, and that its help is whole.
import { describe, expect, test } from 'vitest';
import { countOf, duration, findCommand, parseWords, seconds } from '../../core/cli/arguments.ts';
import { commandHelp, overview, usageLine } from '../../core/cli/help.ts';
import { COMMANDS } from '../../core/cli/table.ts';
import { UsageError } from '../../core/cli/usage.ts';

const parse = (...argv: string[]) => {
  const found = findCommand(COMMANDS, argv);
  if (found === null) throw new Error('no such command');
  return parseWords(found.command, found.rest);
};

describe('the command line', () => {
  test('finds commands of one word and of two', () => {
    expect(findCommand(COMMANDS, ['relay', 'add', 'X'])).toMatchObject({ command: { name: 'relay add' }, rest: ['X'] });
    expect(findCommand(COMMANDS, ['send', 'bob'])).toMatchObject({ command: { name: 'send' }, rest: ['bob'] });
    expect(findCommand(COMMANDS, ['relay'])).toBeNull();
  });

  test('takes flags before, between and after words', () => {
    const args = parse('send', '--json', 'bob', '--timeout=5', 'Hello', 'you', '--no-wait');
    expect(args.words).toEqual(['bob', 'Hello', 'you']);
    expect(args.value('timeout')).toBe('5');
    expect([args.has('json'), args.has('no-wait'), args.has('stdin')]).toEqual([true, true, false]);
  });

  test('keeps every value of a flag that may stand more than once', () => {
    expect(parse('init', '--name', 'Alice', '--relay', 'a', '--relay', 'b').values('relay')).toEqual(['a', 'b']);
  });

  test.each([
    [['send'], 'WHO is missing.'],
    [['read', 'bob', 'carol'], 'There is a word too many: "carol".'],
    [['init'], '--name is missing.'],
    [['send', 'bob', '-5'], 'There is no flag -5 here'],
    [['read', 'bob', '--limit'], '--limit'],
    [['listen', '--lan=yes'], '--lan'],
  ])('says what is wrong with %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(UsageError);
    expect(() => parse(...argv)).toThrow(message);
  });

  test('reads times and counts strictly', () => {
    expect([duration('7d', 'x'), duration('30m', 'x'), seconds('1.5', 'x'), countOf('50', 'x', 100)]).toEqual([
      604_800_000, 1_800_000, 1_500, 50,
    ]);
    for (const wrong of ['', '7', 'd', '-7d', '7 d', '7.5d']) expect(() => duration(wrong, 'expires')).toThrow('--expires takes a time');
    for (const wrong of ['', '-1', '1e3', 'x', 'Infinity']) expect(() => seconds(wrong, 'timeout')).toThrow('--timeout takes');
    for (const wrong of ['0', '101', '1.5', '0x10', '']) expect(() => countOf(wrong, 'limit', 100)).toThrow('--limit takes');
  });
});

describe('the help', () => {
  test.each(COMMANDS.map((command) => [command.name, command] as const))('of %s names every word and flag of the table', (_, command) => {
    const help = commandHelp(command);
    for (const flag of command.flags) expect(help).toContain(`  --${flag.name}${flag.value === null ? '' : ` ${flag.value}`}`);
    for (const positional of command.positionals) expect(usageLine(command)).toContain(positional.name);
    for (const flag of ['json', 'home', 'passphrase-file', 'help']) expect(help).toContain(`--${flag}`);
    expect(command.examples.length).toBeGreaterThan(0);
    expect(overview()).toContain(`  ${command.name}`);
  });

  test.each(COMMANDS.flatMap((command) => command.examples.map((example) => [example, command.name] as const)))(
    'shows an example that parses: %s',
    (example, name) => {
      const argv = example.replace(/ <.*$/, '').replaceAll("'", '').split(' ').slice(1);
      const found = findCommand(COMMANDS, argv);
      expect(found?.command.name).toBe(name);
      expect(() => parse(...argv)).not.toThrow();
    },
  );

  test('fits a terminal of 120 columns', () => {
    const texts = [overview(), ...COMMANDS.map(commandHelp)];
    const long = texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 120 && !line.startsWith('usage:'));
    expect(long).toEqual([]);
  });
});
