// The contract held at an edge: what goes in, comes out and is told is checked by its schema, and of an error only its code and sentence pass.
import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode, SottoError } from '../base/errors.ts';
import type { Contract, EventOf, NameOf } from './contract.ts';

/** What of an error crosses an edge. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
}

/** True when the contract has such a call. */
export function isCall<C extends Contract>(contract: C, name: string): name is NameOf<C> {
  return Object.hasOwn(contract.calls, name);
}

/** Input as the contract wants it. @throws BAD_INPUT, also for a call that is not in it */
export function checkInput<C extends Contract>(contract: C, name: NameOf<C>, input: unknown): unknown {
  const result = v.safeParse(schemasOf(contract, name)[0], input);
  if (result.success) return result.output;
  throw new SottoError('BAD_INPUT', describe(result.issues[0]));
}

/** Output as the contract promises it. @throws MALFORMED */
export function checkOutput<C extends Contract>(contract: C, name: NameOf<C>, output: unknown): unknown {
  const result = v.safeParse(schemasOf(contract, name)[1], output);
  if (result.success) return result.output;
  throw new SottoError('MALFORMED', `The answer to ${name} does not follow the contract.`);
}

/** An event as the contract promises it. @throws MALFORMED */
export function checkEvent<C extends Contract>(contract: C, event: unknown): EventOf<C> {
  const result = v.safeParse(contract.event, event);
  if (result.success) return result.output as EventOf<C>;
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

function schemasOf(contract: Contract, name: string): Contract['calls'][string] {
  const schemas = Object.hasOwn(contract.calls, name) ? contract.calls[name] : undefined;
  if (schemas === undefined) throw new SottoError('BAD_INPUT', 'There is no such call.');
  return schemas;
}

/** Which field is wrong; never its value. */
function describe(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String(item.key)).join('.') ?? '';
  return path === '' ? 'The input is not valid.' : `The field ${path} is not valid.`;
}
