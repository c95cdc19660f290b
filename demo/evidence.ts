// What the files of the relay and the peers hold of the conversation, with a control that shows what the search would find.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '../core/base/bytes.ts';
import { LevelStore } from '../core/store/level.ts';
import { type Finding, needlesOf, searchFolder } from './search.ts';
import type { Cast } from './story.ts';
import type { Turn } from './text.ts';

/** What was looked for, where, and what was found. */
export interface Evidence {
  /** Fragments looked for. */
  readonly fragments: number;
  /** Lines too short to be looked for. */
  readonly tooShort: number;
  /** Fragments that stood in the files before a word was said: they prove nothing and are left out. */
  readonly before: number;
  readonly places: readonly Place[];
  /** The same text laid there in clear: a plain file, and a LevelDB of the kind the peers use, with nothing sealed. */
  readonly controls: readonly Place[];
}

/** One folder that was searched. */
export interface Place extends Finding {
  readonly what: string;
}

/** Looks before the first word; the answer looks again, at the end, once nothing runs. */
export async function evidence({ relay, alice, bob }: Cast, folder: string, turns: readonly Turn[]): Promise<() => Promise<Evidence>> {
  const lines = turns.map(({ text }) => text);
  const needles = needlesOf(lines);
  const folders = [
    { what: 'the relay’s folder', path: relay.folder },
    { what: 'Alice’s home', path: alice.home },
    { what: 'Bob’s home', path: bob.home },
  ];
  const look = async ({ what, path }: { readonly what: string; readonly path: string }): Promise<Place> => ({
    what,
    ...(await searchFolder(path, needles)),
  });
  const before = new Set((await Promise.all(folders.map(look))).flatMap(({ found }) => [...found]));
  return async () => {
    const places = await Promise.all(folders.map(look));
    const controls = await Promise.all((await layInClear(join(folder, 'control'), lines)).map(look));
    const news = places.map((place) => ({ ...place, found: place.found.difference(before) }));
    return { fragments: needles.count, tooShort: needles.tooShort, before: before.size, places: news, controls };
  };
}

async function layInClear(folder: string, lines: readonly string[]) {
  const [file, level] = [join(folder, 'file'), join(folder, 'level')];
  await mkdir(file, { recursive: true });
  await writeFile(join(file, 'plain.txt'), lines.join('\n'));
  const store = new LevelStore(level);
  await store.open();
  await store.commit(lines.map((line, at) => ({ key: utf8(`line ${at}`), value: utf8(line) })));
  await store.close();
  return [
    { what: 'control: a plain file', path: file },
    { what: 'control: unsealed LevelDB', path: level },
  ];
}
