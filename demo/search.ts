// Looks for the words of the conversation in files, byte by byte. It must find them wherever they stand in clear, so it is tried on
// a place where they do.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Characters of one fragment. Any run of 23 characters of a line holds a whole one. */
export const FRAGMENT = 12;
/** Bytes below which a fragment proves nothing: so few stand somewhere by chance. */
const LEAST_BYTES = 6;
/** Bytes by which a fragment is looked up. */
const PREFIX = 4;

/** One fragment in one form. */
interface Needle {
  /** Number of the fragment. */
  readonly fragment: number;
  readonly bytes: Buffer;
}

/** Fragments ready to be looked for. */
export interface Needles {
  /** How many fragments. */
  readonly count: number;
  /** Lines too short to be looked for. */
  readonly tooShort: number;
  readonly byPrefix: ReadonlyMap<number, readonly Needle[]>;
}

/** What a search went through and found. */
export interface Finding {
  readonly files: number;
  readonly bytes: number;
  /** Numbers of the fragments found in any form. */
  readonly found: ReadonlySet<number>;
}

/** The fragments of lines: as UTF-8, UTF-16 in both byte orders, hex and base64 in every alignment and alphabet. */
export function needlesOf(lines: readonly string[]): Needles {
  const fragments = [...new Set(lines.flatMap(fragmentsOf))];
  const byPrefix = new Map<number, Needle[]>();
  for (const [fragment, text] of fragments.entries()) {
    for (const bytes of formsOf(text)) {
      const prefix = bytes.readUInt32BE(0);
      const row = byPrefix.get(prefix);
      if (row === undefined) byPrefix.set(prefix, [{ fragment, bytes }]);
      else row.push({ fragment, bytes });
    }
  }
  return { count: fragments.length, tooShort: lines.filter((line) => fragmentsOf(line).length === 0).length, byPrefix };
}

/** Looks through every file below a folder. */
export async function searchFolder(folder: string, needles: Needles): Promise<Finding> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = new Set<number>();
  let bytes = 0;
  for (const path of paths) {
    const content = await readFile(path);
    bytes += content.length;
    for (const fragment of searchBytes(content, needles)) found.add(fragment);
  }
  return { files: paths.length, bytes, found };
}

/** Numbers of the fragments that stand in some bytes. */
export function searchBytes(content: Buffer, { byPrefix }: Needles): ReadonlySet<number> {
  const found = new Set<number>();
  let window = 0;
  for (let end = 0; end < content.length; end += 1) {
    window = ((window << 8) | (content[end] ?? 0)) >>> 0;
    const start = end - PREFIX + 1;
    if (start < 0) continue;
    for (const { fragment, bytes } of byPrefix.get(window) ?? []) {
      if (content.subarray(start, start + bytes.length).equals(bytes)) found.add(fragment);
    }
  }
  return found;
}

/** Pieces that cover the whole line; none when it is too short to mean anything. */
function fragmentsOf(line: string): readonly string[] {
  const characters = [...line];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += FRAGMENT) {
    const start = Math.max(0, Math.min(at, characters.length - FRAGMENT)); // the last one reaches back
    pieces.push(characters.slice(start, start + FRAGMENT).join(''));
  }
  return pieces.filter((piece) => Buffer.byteLength(piece) >= LEAST_BYTES);
}

function formsOf(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text);
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  const hex = utf8.toString('hex');
  const encoded = [hex, hex.toUpperCase(), ...base64FormsOf(utf8)].map((form) => Buffer.from(form));
  return [utf8, little, big, ...encoded].filter((form) => form.length >= LEAST_BYTES);
}

/** Base64 of the bytes that lie whole in groups of three, for each place at which a group may begin. */
function base64FormsOf(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].flatMap((skip) => {
    const whole = bytes.subarray(skip, skip + 3 * Math.floor((bytes.length - skip) / 3));
    return [whole.toString('base64'), whole.toString('base64url')];
  });
  return [...new Set(forms)];
}
