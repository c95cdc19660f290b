// Reads the modules of a QR code back to its text (ISO/IEC 18004, byte mode, no damage to mend): the counterpart that proves a code.

/** Mask conditions, by their number: true where the module is turned over. */
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];
/** Error correction codewords of a block and blocks, by version 1..21 (tables 7 and 9 of the standard), by level. */
const TABLE: Readonly<Record<string, { readonly correction: readonly number[]; readonly blocks: readonly number[] }>> = {
  L: {
    correction: [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28],
    blocks: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8],
  },
  M: {
    correction: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26],
    blocks: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17],
  },
  Q: {
    correction: [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28],
    blocks: [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23],
  },
  H: {
    correction: [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30],
    blocks: [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25],
  },
};
const LEVELS = ['M', 'L', 'H', 'Q'] as const;

/** The text of a code of version 1..21 in byte mode. @throws Error when it is none */
export function readQr(rows: readonly (readonly boolean[])[]): string {
  const size = rows.length;
  const version = (size - 17) / 4;
  const format = formatOf(rows);
  const mask = MASKS[format & 7];
  const table = TABLE[LEVELS[format >> 3] ?? ''];
  if (mask === undefined || table === undefined || !Number.isInteger(version)) throw new Error('not a QR code');
  const bits: number[] = [];
  for (const [row, column] of dataPlaces(size, version)) bits.push(Number(rows[row]?.[column] !== mask(row, column)));
  const codewords = Array.from({ length: Math.floor(bits.length / 8) }, (_, at) =>
    Number.parseInt(bits.slice(at * 8, at * 8 + 8).join(''), 2),
  );
  return textOf(deinterleave(codewords, table.blocks[version - 1] ?? 0, table.correction[version - 1] ?? 0), version);
}

// The first copy of the 15 format bits: level and mask after the fixed pattern is taken off.
function formatOf(rows: readonly (readonly boolean[])[]): number {
  const places: [number, number][] = [];
  for (const column of [0, 1, 2, 3, 4, 5, 7, 8]) places.push([8, column]);
  for (const row of [7, 5, 4, 3, 2, 1, 0]) places.push([row, 8]);
  const value = places.reduce((bits, [row, column]) => bits * 2 + Number(rows[row]?.[column] === true), 0);
  return (value ^ 0b101010000010010) >> 10;
}

function alignments(size: number, version: number): readonly number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => size - 7 - (count - 2 - at) * step)];
}

function isFunction(row: number, column: number, size: number, version: number): boolean {
  const nearTop = row < 9;
  const nearLeft = column < 9;
  if ((nearTop && (nearLeft || column >= size - 8)) || (nearLeft && row >= size - 8) || row === 6 || column === 6) return true;
  if (version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11))) return true;
  const centres = alignments(size, version);
  return centres.some((r) =>
    centres.some((c) => {
      const inCorner = (r === 6 && (c === 6 || c === size - 7)) || (r === size - 7 && c === 6);
      return !inCorner && Math.abs(row - r) <= 2 && Math.abs(column - c) <= 2;
    }),
  );
}

// Two columns at a time from the right, up and down by turns.
function* dataPlaces(size: number, version: number): Generator<readonly [number, number]> {
  let up = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) if (!isFunction(row, column, size, version)) yield [row, column];
    }
    up = !up;
  }
}

function deinterleave(codewords: readonly number[], blocks: number, correction: number): readonly number[] {
  const data = codewords.length - blocks * correction;
  const short = Math.floor(data / blocks);
  const longer = data % blocks;
  const parts: number[][] = Array.from({ length: blocks }, () => []);
  let at = 0;
  for (let index = 0; index <= short; index += 1) {
    for (const [block, part] of parts.entries()) {
      if (index === short && block < blocks - longer) continue;
      part.push(codewords[at++] ?? 0);
    }
  }
  return parts.flat();
}

function textOf(data: readonly number[], version: number): string {
  const bits = data.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  if (bits.slice(0, 4) !== '0100') throw new Error('not byte mode');
  const countBits = version < 10 ? 8 : 16;
  const length = Number.parseInt(bits.slice(4, 4 + countBits), 2);
  const begin = 4 + countBits;
  const bytes = Array.from({ length }, (_, at) => Number.parseInt(bits.slice(begin + at * 8, begin + at * 8 + 8), 2));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
}
