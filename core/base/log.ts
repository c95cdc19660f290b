// A logger whose arguments cannot carry what people wrote, keys or peer ids: fixed words and plain numbers only.

/** Facts that may stand in a log line: counts, sizes, durations, codes of the closed lists. */
export type LogFacts = Readonly<Record<string, number | boolean>>;

/** Takes one line; `event` is a fixed word of the program, never built from data. */
export interface Log {
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
}

/** Says nothing: success is quiet. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined };

/** One JSON object a line to `write`. */
export function lineLog(write: (line: string) => void): Log {
  const line =
    (level: string) =>
    (event: string, facts: LogFacts = {}) =>
      write(`${JSON.stringify({ level, event, ...facts })}\n`);
  return { info: line('info'), warn: line('warn') };
}
