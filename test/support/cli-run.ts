// Runs a command in this process, with streams, terminal and signals held by hand.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../core/cli/engine.ts';
import type { Io } from '../../core/cli/io.ts';
import { run } from '../../core/cli/run.ts';
import type { ExitCode } from '../../core/cli/usage.ts';

/** What a test gives to a run. */
export interface Surroundings {
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Answers at the terminal, in turn; none means there is no terminal. */
  readonly typed?: readonly string[];
  readonly env?: Record<string, string>;
  readonly columns?: number;
  readonly stop?: AbortSignal;
  /** Told of everything on stdout at once. */
  readonly onOut?: (text: string) => void;
}

/** What came of it. */
export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  /** Lines of stdout as JSON. */
  readonly json: Record<string, unknown>[];
}

/** A fresh folder for a home. */
export function freshHome(name = 'alice'): string {
  return join(mkdtempSync(join(tmpdir(), 'sotto-cli-')), name);
}

/** Runs `sotto ...argv`. */
export async function sotto(engine: Engine, argv: readonly string[], around: Surroundings = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const typed = [...(around.typed ?? [])];
  const io: Io = {
    stdin: stream(around.stdin ?? ''),
    stdout: {
      columns: around.columns ?? null,
      write: async (text) => {
        out += text;
        around.onOut?.(text);
      },
    },
    stderr: {
      columns: null,
      write: async (text) => {
        err += text;
      },
    },
    env: around.env ?? {},
    askHidden: async () => (around.typed === undefined ? null : (typed.shift() ?? '')),
    stop: around.stop ?? new AbortController().signal,
  };
  const code = await run(
    argv,
    io,
    async () => engine,
    () => '0.0.0',
  );
  return {
    code,
    out,
    err,
    get json() {
      return out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

function stream(input: string | Uint8Array | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) return input;
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  return (async function* () {
    // In small pieces, so that characters and lines are cut anywhere.
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  })();
}
