// Reading many keys of which some are known already.
import type { Bytes } from '../base/bytes.ts';

/**
 * The values of `keys`, in their order: what `known` answers (null: there is none), and what is below of all it does not know (undefined),
 * read at once. @throws as `below`
 */
export async function readOver(
  keys: readonly Uint8Array[],
  known: (key: Uint8Array) => Bytes | null | undefined,
  below: (missing: readonly Uint8Array[]) => Promise<(Bytes | null)[]>,
): Promise<(Bytes | null)[]> {
  const values = keys.map(known);
  const missing = keys.filter((_, at) => values[at] === undefined);
  const read = missing.length === 0 ? [] : await below(missing);
  let next = 0;
  return values.map((value) => {
    if (value !== undefined) return value;
    next += 1;
    return read[next - 1] ?? null;
  });
}
