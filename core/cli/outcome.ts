// Says what became of the messages of one command, and whether that was what it should have done.
import { SottoError } from '../base/errors.ts';
import type { Outcome } from './delivery.ts';
import { asSottoError, print } from './report.ts';
import { safeLine } from './safe-text.ts';
import type { Context, ExitCode } from './usage.ts';

/** Order in which states are told. */
const ORDER = ['read', 'delivered', 'stored', 'queued', 'expired', 'failed'] as const;

/** Exit code 0 when every message got where it should. @throws the reason when one did not */
export async function conclude(context: Context, outcome: Outcome): Promise<ExitCode> {
  const summary = summaryOf(outcome);
  if (!context.args.has('json') && summary !== '') await print(context, [], summary);
  if (outcome.refused !== null) throw refusal(outcome);
  const lost = count(outcome, 'failed') + count(outcome, 'expired');
  if (lost > 0)
    throw new SottoError('REFUSED', `${messages(lost)} failed: ${[...outcome.reasons].map(safeLine).join(' ') || 'no reason known'}`);
  const queued = count(outcome, 'queued');
  if (queued > 0 && !outcome.onlyQueued) {
    throw new SottoError(
      'TIMEOUT',
      `${messages(queued)} still in the outbox; nothing is lost, the next \`sotto sync\` or \`sotto listen\` sends on.`,
    );
  }
  return 0;
}

/** `stored` for one message, `812 messages: 800 stored, 12 delivered` for more. */
function summaryOf(outcome: Outcome): string {
  const parts = ORDER.map((state) => ({ state, count: count(outcome, state) })).filter((part) => part.count > 0);
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  if (total <= 1) return parts[0]?.state ?? '';
  return `${total} messages: ${parts.map((part) => `${part.count} ${part.state}`).join(', ')}`;
}

/** The reason, with what was done before it. */
function refusal(outcome: Outcome): SottoError {
  const error = asSottoError(outcome.refused);
  const before = ORDER.reduce((sum, state) => sum + count(outcome, state), 0);
  return before === 0 ? error : new SottoError(error.code, `${error.message} ${messages(before)} before it went out.`, error);
}

function count(outcome: Outcome, state: (typeof ORDER)[number]): number {
  return outcome.states.get(state) ?? 0;
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
