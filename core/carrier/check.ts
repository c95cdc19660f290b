// The contract held at an edge: what goes in, comes out and is told is checked by its schema, and of an error only its code and sentence pass.
import * as v from 'valibot';
import { type CallName, calls, event as eventSchema, type PeerEvent } from '../api.ts';
import { ERROR_CODES, type ErrorCode, SottoError } from '../base/errors.ts';

/** What of an error crosses an edge. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

/** True when the contract has such a call. */
export function isCall(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

/** Input as the contract wants it. @throws BAD_INPUT */
export function checkInput(name: CallName, input: unknown): unknown {
  const result = v.safeParse(calls[name][0], input);
  if (result.success) return result.output;
  throw new SottoError('BAD_INPUT', describe(result.issues[0]));
}

/** Output as the contract promises it. @throws MALFORMED */
export function checkOutput(name: CallName, output: unknown): unknown {
  const result = v.safeParse(calls[name][1], output);
  if (result.success) return result.output;
  throw new SottoError('MALFORMED', `The answer to ${name} does not follow the contract.`);
}

/** An event as the contract promises it. @throws MALFORMED */
export function checkEvent(event: unknown): PeerEvent {
  const result = v.safeParse(eventSchema, event);
  if (result.success) return result.output;
  throw new SottoError('MALFORMED', 'An event does not follow the contract.');
}

/** An error as it crosses: its code and sentence, nothing else; INTERNAL for everything that is no SottoError. */
export function plainError(error: unknown): PlainError {
  const known = error instanceof SottoError ? error : new SottoError('INTERNAL');
  return { code: known.code, message: known.message };
}

/** The error again on the other side; INTERNAL for a code that is not in the list. */
export function errorOf({ code, message }: PlainError): SottoError {
  return Object.hasOwn(ERROR_CODES, code) ? new SottoError(code as ErrorCode, message) : new SottoError('INTERNAL');
}

/** Which field is wrong; never its value. */
function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? '';
  return path === '' ? 'The input is not valid.' : `The field ${path} is not valid.`;
}
