// Reads the journal of fs-shim/power.c and takes back, newest first, what was not synced.
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** How to undo one write: cut back to `size`, or put the old bytes back. */
type DataNote = { readonly kind: 'T'; readonly size: number } | { readonly kind: 'P'; readonly at: number; readonly bytes: Buffer };

/** A name made (C), removed (U) or changed (R); `keep` names the file in keep/ that had the name. */
interface NameNote {
  readonly kind: 'C' | 'U' | 'R';
  readonly file: bigint;
  readonly folder: bigint;
  readonly keep: string;
  readonly name: string;
  readonly other: string;
}

interface Unsynced {
  readonly data: Map<bigint, DataNote[]>;
  /** By folder, in the order of the changes. */
  readonly names: Map<bigint, NameNote[]>;
  /** All of `names`, in the order of the changes. */
  readonly order: NameNote[];
}

/** A number in [0, below), the same ones in the same order for the same seed; without a seed always 0. */
type Dice = (below: number) => number;

/** Leaves in `root` what a power loss leaves, and starts the journal anew. */
export function undoUnsynced(root: string, journal: string, seed?: number): void {
  const { data, names, order } = unsynced(readJournal(join(journal, 'journal')));
  const dice = seed === undefined ? () => 0 : diceOf(seed);
  const keep = join(journal, 'keep');
  undoData(data, new Map([...filesOf(root), ...filesOf(keep)]), dice);
  const lost = new Set<NameNote>();
  for (const notes of names.values()) for (const note of notes.slice(dice(notes.length + 1))) lost.add(note);
  for (const note of order.reverse()) if (lost.has(note)) undoName(note, keep);
  rmSync(join(journal, 'journal'), { force: true });
  for (const name of readdirSync(keep)) unlinkSync(join(keep, name));
}

/** A file (S) or a folder (D) was synced. */
interface SyncNote {
  readonly kind: 'S' | 'D';
  readonly file: bigint;
}

type Note = SyncNote | (DataNote & { readonly file: bigint }) | NameNote;

function unsynced(notes: Iterable<Note>): Unsynced {
  const data = new Map<bigint, DataNote[]>();
  const names = new Map<bigint, NameNote[]>();
  const order: NameNote[] = [];
  for (const note of notes) {
    if (note.kind === 'T' || note.kind === 'P') listOf(data, note.file).push(note);
    else if (isName(note)) {
      listOf(names, note.folder).push(note);
      order.push(note);
    } else {
      synced(note, data, names);
    }
  }
  return { data, names, order };
}

function isName(note: NameNote | SyncNote): note is NameNote {
  return note.kind === 'C' || note.kind === 'U' || note.kind === 'R';
}

function synced({ kind, file }: SyncNote, data: Unsynced['data'], names: Unsynced['names']): void {
  if (kind === 'D') {
    names.delete(file);
    return;
  }
  data.delete(file);
  for (const [folder, made] of names) names.set(folder, made.slice(made.findLastIndex((one) => makesName(one, file)) + 1));
}

/** Syncing a file makes its own new name safe, but no removal. */
function makesName(note: NameNote, file: bigint): boolean {
  return note.file === file && note.kind !== 'U';
}

function undoData(data: ReadonlyMap<bigint, readonly DataNote[]>, paths: ReadonlyMap<bigint, string>, dice: Dice): void {
  for (const [file, notes] of data) {
    const path = paths.get(file);
    if (path === undefined) continue;
    const fd = openSync(path, 'r+');
    const survive = dice(notes.length + 1);
    for (let i = notes.length - 1; i >= survive; i -= 1) {
      const note = notes[i];
      if (note !== undefined) undoWrite(fd, note, i === survive ? dice : () => 0);
    }
    closeSync(fd);
  }
}

/** Of the first write that is lost a part may have reached the disk, and a part of that as zeros. */
function undoWrite(fd: number, note: DataNote, dice: Dice): void {
  if (note.kind === 'P') {
    writeSync(fd, note.bytes, 0, note.bytes.length, note.at);
    return;
  }
  const grown = Math.max(0, fstatSync(fd).size - note.size);
  const torn = dice(grown + 1);
  ftruncateSync(fd, note.size + torn);
  if (torn > 0 && dice(4) === 3) {
    const zeros = dice(torn + 1);
    writeSync(fd, Buffer.alloc(zeros), 0, zeros, note.size + torn - zeros);
  }
}

function undoName(note: NameNote, keep: string): void {
  if (note.kind === 'C' && isFile(note.name, note.file)) unlinkSync(note.name);
  if (note.kind === 'U' && !existsSync(note.name)) linkSync(join(keep, note.keep), note.name);
  if (note.kind === 'R' && isFile(note.other, note.file)) {
    renameSync(note.other, note.name);
    if (note.keep !== '') linkSync(join(keep, note.keep), note.other);
  }
}

function isFile(path: string, file: bigint): boolean {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino === file;
}

function filesOf(folder: string): [bigint, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [lstatSync(path, { bigint: true }).ino, path]);
}

/** The records of the journal: u8 kind | u32le length | payload. A cut last one belongs to an operation that never began. */
function* readJournal(path: string): Iterable<Note> {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt32LE(at + 1);
    if (end > bytes.length) return;
    yield readNote(String.fromCharCode(bytes[at] ?? 0), bytes.subarray(at + 5, end));
    at = end;
  }
}

function readNote(kind: string, payload: Buffer): Note {
  const file = payload.readBigUInt64LE(0);
  const second = payload.readBigUInt64LE(8);
  switch (kind) {
    case 'S':
    case 'D':
      return { kind, file };
    case 'T':
      return { kind, file, size: Number(second) };
    case 'P':
      return { kind, file, at: Number(second), bytes: payload.subarray(16) };
    case 'C':
    case 'U':
    case 'R': {
      const [keep = '', name = '', other = ''] = payload.subarray(16).toString().split('\0');
      return { kind, file, folder: second, keep, name, other };
    }
    default:
      throw new Error('the journal of the power library is not readable');
  }
}

function listOf<V>(lists: Map<bigint, V[]>, key: bigint): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** mulberry32: small, and good enough to tear files. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  };
}
