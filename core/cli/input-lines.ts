// Standard input as messages: one line each. Refuses what is not text rather than changing it.
import { SottoError } from '../base/errors.ts';
import { LineCutter } from '../host/lines.ts';
import { MAX_TEXT_BYTES } from '../wire/limits.ts';

/** Lines that end with LF or CRLF, without empty ones. @throws TOO_LARGE, MALFORMED with the number of the line */
export async function* inputLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const lines = new LineCutter(MAX_TEXT_BYTES + 1); // a CR more
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let number = 0;
  try {
    for await (const piece of input) {
      for (const line of lines.push(piece)) {
        number += 1;
        const text = decoder.decode(withoutReturn(line));
        if (text !== '') yield text;
      }
    }
    const last = lines.end();
    if (last === null) return;
    number += 1;
    const text = decoder.decode(withoutReturn(last));
    if (text !== '') yield text;
  } catch (cause) {
    throw refusal(cause, number);
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function refusal(cause: unknown, number: number): unknown {
  if (cause instanceof TypeError) return new SottoError('MALFORMED', `Line ${number} is not UTF-8.`);
  if (cause instanceof SottoError && cause.code === 'TOO_LARGE') {
    return new SottoError('TOO_LARGE', `Line ${number + 1} is longer than ${MAX_TEXT_BYTES} bytes.`);
  }
  return cause;
}
