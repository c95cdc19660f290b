// `npm run demo` as a newcomer meets it: real programs, a verdict, nothing left behind. Its judgement is held in test/unit/demo.test.ts.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { size } from '../support/size.ts';

const DEMO = fileURLToPath(new URL('../../demo/demo.ts', import.meta.url));
const TEXT = [
  'Is the light on?',
  'Ja, es brennt.',
  '',
  'مرحبا',
  '灯台の明かりがつきました。',
  '👨‍👩‍👧‍👦',
  'e\u0301 is not é',
  '  two spaces  ',
  '--help',
  'Good night.',
  'Good night.',
];

interface Demo {
  readonly child: ChildProcess;
  /** The folder in which it makes its own. */
  readonly temporary: string;
  /** Everything it wrote so far. */
  output(): string;
  /** Its exit code, once it is gone. */
  readonly gone: Promise<number | null>;
}

/** Starts the demo with a temporary folder that this test alone looks into. */
async function startDemo(...args: readonly string[]): Promise<Demo> {
  const temporary = await mkdtemp(join(tmpdir(), 'sotto-'));
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary };
  const child = spawn(process.execPath, [DEMO, ...args, '--transcript', join(temporary, 'transcript.txt')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => written.push(String(piece)));
  const gone = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
    await rm(temporary, { recursive: true });
  });
  return { child, temporary, output: () => written.join(''), gone };
}

async function textFile(lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'text.txt');
  await writeFile(file, lines.join('\n'));
  return file;
}

test('Alice and Bob exchange a text of any script, the relay dies in between, and nothing is lost, doubled or in clear', async () => {
  const { gone, output, temporary } = await startDemo(await textFile(TEXT));
  expect([await gone, output()]).toEqual([0, expect.stringContaining('✔ Sent 10, received 10: nothing lost, doubled')]);
  expect(output()).toMatch(/^ {3}received +5 +5$/m);
  expect(output()).toMatch(/^ {3}states at the author +5 read +5 read$/m);
  expect(output()).toMatch(/kill -9 \d+: the relay is gone in the middle of it/);
  expect(output()).toMatch(/^ {3}the relay’s folder .* 0 of (\d+)\n.*\n.*\n {3}control: a plain file .* \1 of \1$/m);
  const transcript = await readFile(join(temporary, 'transcript.txt'), 'utf8');
  expect(transcript.split('\n').filter((line) => /^ +#\d+ {2}\d\d:\d\d:\d\d {2}(?:Alice|Bob) /.test(line))).toHaveLength(10);
  expect(await readdir(temporary)).toEqual(['transcript.txt']);
});

test('interrupted, it ends what it started and leaves no file behind', async () => {
  const { child, gone, output, temporary } = await startDemo();
  await new Promise<void>((resolve) => child.stdout?.on('data', () => /process \d+\)/.test(output()) && resolve()));
  const relay = Number(/process (\d+)\)/.exec(output())?.[1]);
  child.kill('SIGINT');
  expect(await gone).toBe(130);
  expect(() => process.kill(relay, 0)).toThrow('ESRCH');
  expect(await readdir(temporary)).toEqual([]);
});

test('what is no text is refused before anything starts', async () => {
  for (const args of [[join(tmpdir(), 'there-is-no-such-file')], [await textFile([''])], ['one', 'two'], ['--unknown']]) {
    const { gone, output, temporary } = await startDemo(...args);
    expect([await gone, output()]).toEqual([2, expect.stringMatching(/^demo: /)]);
    expect(await readdir(temporary)).toEqual([]);
  }
});

test('--keep leaves everybody’s files and says where, however it ends', async () => {
  const { child, gone, output, temporary } = await startDemo(await textFile(['Only one line.']), '--keep');
  // The usual run does not wait for the end of a second demo: it interrupts as soon as everybody has a folder.
  if (size === 'usual') {
    await new Promise<void>((resolve) => child.stdout?.on('data', () => /have made their accounts/.test(output()) && resolve()));
    child.kill('SIGINT');
  }
  expect(await gone).toBe(size === 'usual' ? 130 : 0);
  const folder = /Their files lie in (\S+)\.\n/.exec(output())?.[1] ?? '';
  expect(folder.startsWith(temporary)).toBe(true);
  for (const name of ['relay', 'alice', 'bob']) await access(join(folder, name));
});
