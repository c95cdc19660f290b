// Where a command's results, notes and errors go: results on stdout, all else on stderr; JSON everywhere when it was asked for.
import { ERROR_CODES, isSottoError, SottoError } from '../base/errors.ts';
import { safeJson, safeLine } from './safe-text.ts';
import type { Context } from './usage.ts';

/** One JSON value a line, or the human text. */
export async function print(context: Context, values: readonly unknown[], human: string): Promise<void> {
  const text = context.args.has('json') ? values.map((value) => `${safeJson(value)}\n`).join('') : human;
  if (text !== '') await context.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Something worth knowing beside the result. */
export async function note(context: Context, message: string): Promise<void> {
  await context.io.stderr.write(context.args.has('json') ? `${safeJson({ note: message })}\n` : `${message}\n`);
}

/** The reason of exit code 1. */
export async function complain(context: Pick<Context, 'io'>, json: boolean, error: SottoError): Promise<void> {
  const { code, message } = error;
  await context.io.stderr.write(json ? `${safeJson({ error: { code, message } })}\n` : `sotto: ${safeLine(message)}\n`);
}

/** Any error as one with a code. Of a fault of ours only its kind and place are told: its message could quote what people wrote. */
export function asSottoError(error: unknown): SottoError {
  if (isSottoError(error)) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  const place = error instanceof Error ? /\b((?:core|relay)\/[\w/.-]+\.ts:\d+)/.exec(error.stack ?? '')?.[1] : undefined;
  return new SottoError('INTERNAL', `${ERROR_CODES.INTERNAL} (${kind}${place === undefined ? '' : ` at ${place}`})`, error);
}
