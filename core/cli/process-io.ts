// The process around a command: its streams, signals and terminal. The only file of the CLI that touches them.
import { openSync } from 'node:fs';
import type { Io, Output } from './io.ts';

/** The real surroundings. */
export function processIo(): Io {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort(signal))); // asked twice: at once; nothing kept is lost
  }
  process.stdout.on('error', () => stop.abort('EPIPE'));
  process.stderr.on('error', () => undefined);
  return {
    stdin: process.stdin,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    askHidden: async (question) => {
      const terminal = openTerminal();
      if (terminal === null) return null;
      const { askHidden } = await import('./ask-hidden.ts');
      return askHidden(terminal, question);
    },
    stop: stop.signal,
  };
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => new Promise((resolve) => stream.write(text, () => resolve())),
    columns: stream.isTTY ? stream.columns : null,
  };
}

/** A file handle of the terminal itself, since standard input may be a pipe of messages; null when there is none. */
function openTerminal(): number | null {
  if (process.platform === 'win32') return process.stdin.isTTY ? 0 : null;
  try {
    return openSync('/dev/tty', 'r+');
  } catch {
    return null;
  }
}
