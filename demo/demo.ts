// `npm run demo [FILE]`: the line of a message from end to end, with real programs, and a verdict from what they kept. It ends only
// what it started and leaves no file of the two behind, unless asked to.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isSottoError, SottoError } from '../core/base/errors.ts';
import { evidence } from './evidence.ts';
import { Person } from './person.ts';
import { Screen, transcriptOf } from './print.ts';
import { Processes } from './processes.ts';
import { Relay } from './relay.ts';
import { report } from './report.ts';
import { type Cast, comeBack, meet, part, readAll, spokenBy, talk, talkAtOnce } from './story.ts';
import { allTurns, type Conversation, conversationOf, textsOf } from './text.ts';
import { judge, type Side } from './verdict.ts';

const USAGE = `Usage: npm run demo [FILE]
       npm run demo -- [FILE] [--keep] [--transcript PATH]

A relay and two peers, each a process of its own, exchange the lines of FILE (UTF-8; demo/conversation.txt when none is given).
  --keep              leave the temporary folder with everybody's files
  --transcript PATH   where the whole transcript goes (test-output/demo-transcript.txt)
Exit codes: 0 nothing was lost, doubled, out of order or left in clear; 1 something was, or it could not be shown; 2 wrong usage;
130 interrupted.`;

/** npm moves to the folder of the project; paths are meant from where the person stands. */
const from = process.env.INIT_CWD ?? process.cwd();
const HOUSE = resolve(import.meta.dirname, '..');

async function main(): Promise<number> {
  const { values, positionals } = parsed();
  if (values.help) return say(USAGE, 0);
  const file = positionals[0] === undefined ? join(import.meta.dirname, 'conversation.txt') : resolve(from, positionals[0]);
  const conversation = conversationOf(await read(file));
  const transcript = values.transcript === undefined ? join(HOUSE, 'test-output', 'demo-transcript.txt') : resolve(from, values.transcript);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort()));
  const folder = await mkdtemp(join(tmpdir(), 'sotto-demo-'));
  const processes = new Processes(stop.signal);
  try {
    return await play({ folder, file, conversation, transcript, processes, keep: values.keep });
  } catch (error) {
    if (stop.signal.aborted) return say('demo: Interrupted.', 130);
    throw error;
  } finally {
    await processes.endAll();
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

interface Show {
  readonly folder: string;
  readonly file: string;
  readonly conversation: Conversation;
  readonly transcript: string;
  readonly processes: Processes;
  readonly keep: boolean;
}

async function play({ folder, file, conversation, transcript, processes, keep }: Show): Promise<number> {
  const start = performance.now();
  const screen = new Screen((text) => process.stdout.write(text), process.stdout.columns);
  const relay = new Relay(processes, folder);
  const [alice, bob] = [new Person('Alice', processes, folder), new Person('Bob', processes, folder)];
  const turns = allTurns(conversation);
  const cut = conversation.leftOut === 0 ? '' : ` (${conversation.leftOut} more are left out)`;
  screen.tell(
    `Sotto from end to end: a relay and two peers, each a process of its own, exchange ${turns.length} lines of`,
    `${shown(file)}${cut}. Their files lie in ${folder}${keep ? '' : ', which is removed at the end (--keep keeps it)'}.`,
  );
  const cast: Cast = { relay, alice, bob, screen };
  await meet(cast);
  const search = await evidence(cast, folder, turns);
  await talk(cast, conversation.live);
  await part(cast, conversation.apart);
  await comeBack(cast, conversation.apart);
  await talkAtOnce(cast, conversation.together);
  await readAll(cast, conversation);
  const sides = { Alice: await sideOf(alice, bob, turns), Bob: await sideOf(bob, alice, turns) };
  await keepTranscript(transcript, transcriptOf(spokenBy(alice, bob, sides.Alice.store)));
  const good = report(screen, judge(sides), await search());
  screen.tell(`The whole transcript: ${shown(transcript)}. All of it took ${((performance.now() - start) / 1_000).toFixed(0)} s.`);
  return good ? 0 : 1;
}

async function sideOf(person: Person, other: Person, turns: ReturnType<typeof allTurns>): Promise<Side> {
  const [store, warnings] = [await person.store(other), await person.ask<{ readonly text: string }>('warnings')];
  return { typed: textsOf(turns, person.name), store, warnings: warnings.map(({ text }) => text) };
}

async function keepTranscript(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}

/** A path as the person would write it. */
function shown(path: string): string {
  const short = relative(from, path);
  return short.startsWith('..') ? path : short;
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SottoError('BAD_INPUT', `${file} cannot be read.`, cause);
  }
}

function parsed() {
  const options = {
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    transcript: { type: 'string' },
  } as const;
  try {
    const given = parseArgs({ options, allowPositionals: true });
    if (given.positionals.length > 1) throw new TypeError('One FILE at most.');
    return given;
  } catch (cause) {
    throw new SottoError('BAD_INPUT', `${cause instanceof Error ? cause.message : ''}\n${USAGE}`, cause);
  }
}

function say(text: string, code: number): number {
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  return code;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!isSottoError(error)) throw error;
  return say(`demo: ${error.message}`, error.code === 'BAD_INPUT' ? 2 : 1);
});
