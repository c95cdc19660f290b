// What a command may touch of the process around it, as values passed in. Nothing here reads `process`.

/** Where text goes. */
export interface Output {
  /** Resolves when the text was taken, so that a slow reader slows us; never rejects (a closed pipe sets `stop`). */
  write(text: string): Promise<void>;
  /** Width of the terminal in cells; null when it is none. */
  readonly columns: number | null;
}

/** The surroundings of one run. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks on the terminal without showing what is typed; null when there is no terminal. @throws CLOSED on Ctrl-C */
  askHidden(question: string): Promise<string | null>;
  /** Aborted by SIGINT, SIGTERM or a closed stdout: finish cleanly and go. */
  readonly stop: AbortSignal;
}
