// The closed list of expected refusals on the wire, and whether the same bytes may be tried again.

/** Code numbers as they stand in Refused and in stamped frames; 0 means "not refused". */
export const REFUSAL = {
  MALFORMED: 1,
  UNSUPPORTED: 2,
  TOO_LARGE: 3,
  RATE: 4,
  QUOTA: 5,
  CAPABILITY: 6,
  NOT_FOUND: 7,
  AHEAD: 8,
  FORK: 9,
  CLOSED: 10,
  EXPIRED: 11,
  TOKEN: 12,
  CONFLICT: 13,
  STALE: 14,
  STORE: 15,
  BUSY: 16,
  STOPPING: 17,
  ELSEWHERE: 18,
  NOT_ACCEPTED: 19,
  UNOPENED: 20,
} as const;

/** Name of a refusal. */
export type RefusalName = keyof typeof REFUSAL;

const names = new Map<number, RefusalName>(Object.entries(REFUSAL).map(([name, code]) => [code, name as RefusalName]));

/** The name of a code; a code of a newer minor version reads as UNSUPPORTED. */
export function refusalName(code: number): RefusalName {
  return names.get(code) ?? 'UNSUPPORTED';
}

const passing: ReadonlySet<RefusalName> = new Set(['RATE', 'QUOTA', 'STORE', 'BUSY', 'STOPPING', 'ELSEWHERE']);

/** True when the same request may succeed later without anybody changing it. */
export function isPassing(name: RefusalName): boolean {
  return passing.has(name);
}
