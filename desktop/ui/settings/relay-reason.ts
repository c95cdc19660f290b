// Why a relay does not serve us, as a word of the catalogue: its own sentence is English and from outside, so it is only ever a detail.
import type { RelayStatus } from '../../../core/api.ts';

/** What a person can be told to do or to wait for. */
export type RelayReason = 'token' | 'busy' | 'full' | 'elsewhere' | 'stopping' | 'refused' | 'unreachable';

const BY_REFUSAL: Readonly<Record<string, RelayReason>> = {
  TOKEN: 'token',
  RATE: 'busy',
  BUSY: 'busy',
  QUOTA: 'full',
  STORE: 'full',
  ELSEWHERE: 'elsewhere',
  STOPPING: 'stopping',
};

/** The reason, or null while it is connected or only just tried. */
export function relayReason({ state, reason }: RelayStatus): RelayReason | null {
  if (state === 'connected' || state === 'connecting') return null;
  const refusal = /\(([A-Z_]+)\)/.exec(reason ?? '')?.[1];
  if (refusal !== undefined) return BY_REFUSAL[refusal] ?? 'refused';
  if (state === 'refused') return 'refused';
  return 'unreachable';
}
