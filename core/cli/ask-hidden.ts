// Asks one line on a terminal without showing it.
import { ReadStream, WriteStream } from 'node:tty';
import { SottoError } from '../base/errors.ts';

/** What was typed up to Enter. @param terminal file handle of a terminal; closed afterwards @throws CLOSED on Ctrl-C or Ctrl-D */
export async function askHidden(terminal: number, question: string): Promise<string> {
  const input = new ReadStream(terminal);
  const output = new WriteStream(terminal === 0 ? 2 : terminal);
  input.setRawMode(true);
  output.write(question);
  try {
    return await typedLine(input);
  } finally {
    input.setRawMode(false);
    output.write('\n');
    input.destroy();
  }
}

function typedLine(input: ReadStream): Promise<string> {
  const characters: string[] = [];
  const decoder = new TextDecoder();
  return new Promise((resolve, reject) => {
    input.on('error', reject);
    input.on('data', (piece: Buffer) => {
      for (const character of decoder.decode(piece, { stream: true })) {
        if (character === '\r' || character === '\n') resolve(characters.join(''));
        else if (character === '\u0003' || character === '\u0004') reject(new SottoError('CLOSED', 'Interrupted.'));
        else if (character === '\u007f' || character === '\b') characters.pop();
        else if (character === '\u0015') characters.length = 0;
        else characters.push(character);
      }
    });
  });
}
