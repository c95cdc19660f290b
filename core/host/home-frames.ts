// The frames on a home's socket: one JSON object a line. Every call, answer and event is checked by the contract's schemas on both sides.
import * as v from 'valibot';
import { SottoError } from '../base/errors.ts';
import { plainError } from '../carrier/check.ts';

/** Said first by the owner; another number means another version of Sotto has the home. */
export const SOCKET_VERSION = 2;
/** Longest frame a client may send, bytes: a text of 64 KiB in which every byte is escaped, and 10,000 ids of `settled`. */
export const MAX_CALL_BYTES = 1_048_576;
/** Longest frame the owner may send, bytes: a page of 100 messages of 64 KiB, escaped. */
export const MAX_ANSWER_BYTES = 67_108_864;

/** What a client asks beside the calls of the contract. */
export const GO_ONLINE = 'goOnline';
export const EVENTS = 'events';

const callFrame = v.strictObject({ id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), call: v.string(), input: v.unknown() });
const answerFrame = v.union([
  v.strictObject({ sotto: v.number() }),
  v.strictObject({ id: v.number(), output: v.unknown() }),
  v.strictObject({ id: v.number(), error: v.strictObject({ code: v.string(), message: v.string() }) }),
  v.strictObject({ event: v.unknown() }),
]);

/** A call as sent by a client. */
export type CallFrame = v.InferOutput<typeof callFrame>;
/** What the owner sends. */
export type AnswerFrame = v.InferOutput<typeof answerFrame>;

/** Reads a client's frame. @throws MALFORMED */
export function readCall(line: Buffer): CallFrame {
  return read(callFrame, line);
}

/** Reads an owner's frame. @throws MALFORMED */
export function readAnswer(line: Buffer): AnswerFrame {
  return read(answerFrame, line);
}

/** One frame as a line of bytes. @throws TOO_LARGE above `most` bytes */
export function frameLine(frame: CallFrame | AnswerFrame, most: number): Buffer {
  const line = Buffer.from(`${JSON.stringify(frame)}\n`);
  if (line.length > most) throw new SottoError('TOO_LARGE', 'The answer is too large for the socket; ask for less at a time.');
  return line;
}

/** An error as it crosses the socket: its code and sentence, nothing else. */
export function errorFrame(id: number, error: unknown): AnswerFrame {
  return { id, error: plainError(error) };
}

function read<S extends v.GenericSchema>(schema: S, line: Buffer): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(line.toString('utf8')));
  } catch {
    // No cause: it could quote what people wrote.
    throw new SottoError('MALFORMED', 'A frame on the socket of this home does not follow the contract.');
  }
}
