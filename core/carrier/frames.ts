// The frames between an engine and a window, as JSON text over every carrier, so that a port and a socket carry the same and are
// measured alike. What a frame holds is checked by check.ts; nothing read here is quoted in an error.
import * as v from 'valibot';
import { SottoError } from '../base/errors.ts';

/** Longest frame a window may send, UTF-16 units: a text of 64 KiB in which every byte is escaped, and 10,000 ids of `settled`. */
export const MAX_REQUEST_CHARS = 1_048_576;
/** Longest frame an engine may send, UTF-16 units: a page of 100 messages of 64 KiB, escaped. */
export const MAX_ANSWER_CHARS = 67_108_864;
/** Longest event alone, UTF-16 units: its frame is no longer than any other. */
const MAX_EVENT_CHARS = MAX_ANSWER_CHARS - 64;
/** Longest name of a call: several times the longest there is. */
export const MAX_NAME_CHARS = 64;
/** Longest sentence of an error; a longer one is cut before it leaves. */
export const MAX_SENTENCE_CHARS = 1_000;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const name = v.pipe(v.string(), v.maxLength(MAX_NAME_CHARS));

const requestFrame = v.strictObject({ kind: v.literal('req'), id, name, input: v.unknown() });
const answerFrame = v.variant('kind', [
  v.strictObject({ kind: v.literal('res'), id, output: v.unknown() }),
  v.strictObject({ kind: v.literal('err'), id, code: name, message: v.pipe(v.string(), v.maxLength(MAX_SENTENCE_CHARS)) }),
  v.strictObject({ kind: v.literal('evts'), events: v.array(v.unknown()) }),
]);

/** What a window sends: one call. Its id is its own choice and comes back with the answer. */
export type RequestFrame = v.InferOutput<typeof requestFrame>;
/** What an engine sends: an answer, an error in its place, or events in their order. */
export type AnswerFrame = v.InferOutput<typeof answerFrame>;
/** What it sends for a call. */
export type ReplyFrame = Exclude<AnswerFrame, { kind: 'evts' }>;

/** A window's frame as text. @throws TOO_LARGE */
export function writeRequest(frame: RequestFrame): string {
  return write(frame, MAX_REQUEST_CHARS, 'It is too much for one call; ask for less at a time.');
}

/** An engine's answer as text. @throws TOO_LARGE */
export function writeAnswer(frame: ReplyFrame): string {
  return write(frame, MAX_ANSWER_CHARS, 'The answer is too large; ask for less at a time.');
}

/** An event as text, for `writeEvents`. @throws TOO_LARGE */
export function writeEvent(event: unknown): string {
  return write(event, MAX_EVENT_CHARS, 'The event is too large.');
}

/** The frame of these events. */
export function writeEvents(events: readonly string[]): string {
  return `{"kind":"evts","events":[${events.join(',')}]}`;
}

/** Reads what a window sent. @throws TOO_LARGE, MALFORMED */
export function readRequest(text: unknown): RequestFrame {
  return read(requestFrame, text, MAX_REQUEST_CHARS);
}

/** Reads what an engine sent. @throws TOO_LARGE, MALFORMED */
export function readAnswer(text: unknown): AnswerFrame {
  return read(answerFrame, text, MAX_ANSWER_CHARS);
}

function write(frame: unknown, most: number, sentence: string): string {
  const text = JSON.stringify(frame);
  if (text.length > most) throw new SottoError('TOO_LARGE', sentence);
  return text;
}

function read<S extends v.GenericSchema>(schema: S, text: unknown, most: number): v.InferOutput<S> {
  if (typeof text === 'string' && text.length > most) throw new SottoError('TOO_LARGE');
  try {
    return v.parse(schema, JSON.parse(v.parse(v.string(), text)));
  } catch {
    // No cause: it could quote what people wrote.
    throw new SottoError('MALFORMED', 'A frame between engine and window does not follow the contract.');
  }
}
