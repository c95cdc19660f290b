// The relay of this machine as a process of its own: the engine asks for it, because a utility process cannot start one itself. Started by
// the path of its bundle; it knows nothing of the app.
import * as v from 'valibot';
import type { FromEngine, ToEngine } from '../engine-protocol.ts';

/** Starting takes at most so long, ms. */
const START_DEADLINE_MS = 20_000;
/** Going down takes at most so long, ms. */
const STOP_DEADLINE_MS = 10_000;
/** Longest first line of a relay, characters. */
const MAX_LINE_CHARS = 16_384;

type Question = Extract<FromEngine, { readonly kind: `relay-${string}` }>;

const readyLine = v.object({
  type: v.literal('ready'),
  addresses: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_096))), v.minLength(1)),
});

/** A process that runs the relay; Electron's `UtilityProcess` has this shape. */
export interface RelayProcess {
  readonly stdout: { setEncoding(encoding: 'utf8'): unknown; on(event: 'data', listener: (text: string) => void): unknown } | null;
  on(event: 'exit', listener: () => void): unknown;
  postMessage(message: 'stop'): void;
  kill(): unknown;
}

/** At most one relay at a time. */
export class LocalRelay {
  readonly #fork: (args: string[]) => RelayProcess;
  readonly #say: (message: ToEngine) => void;
  #process: RelayProcess | null = null;
  #address: Promise<string | null> = Promise.resolve(null);

  constructor(fork: (args: string[]) => RelayProcess, say: (message: ToEngine) => void) {
    this.#fork = fork;
    this.#say = say;
  }

  /** Does what the engine asks and answers it; null: it does not run. */
  async answer(question: Question): Promise<void> {
    const { ask } = question;
    if (question.kind === 'relay-start') {
      if (this.#process === null) this.#address = this.#start(question.data, question.port);
      this.#say({ kind: 'relay', ask, address: await this.#address });
    } else {
      await this.stop();
      this.#say({ kind: 'relay', ask, address: null });
    }
  }

  /** Lets it go in good order; resolves when it is gone. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    const gone = new Promise<void>((resolve) => process.on('exit', resolve));
    const late = setTimeout(() => process.kill(), STOP_DEADLINE_MS);
    process.postMessage('stop');
    await gone;
    clearTimeout(late);
  }

  #start(data: string, port: number): Promise<string | null> {
    const process = this.#fork(['run', '--data', data, '--listen', `/ip4/127.0.0.1/tcp/${port}/ws`, '--json']);
    this.#process = process;
    return new Promise((resolve) => {
      const late = setTimeout(() => process.kill(), START_DEADLINE_MS);
      let said = '';
      let isReady = false;
      process.stdout?.setEncoding('utf8');
      process.stdout?.on('data', (text) => {
        if (isReady) return;
        said += text;
        const address = addressIn(said);
        if (address === null && said.length <= MAX_LINE_CHARS) return;
        isReady = true;
        clearTimeout(late);
        if (address === null) process.kill();
        resolve(address);
      });
      process.on('exit', () => {
        clearTimeout(late);
        if (this.#process === process) this.#process = null;
        resolve(null);
        this.#say({ kind: 'relay-ended' });
      });
    });
  }
}

/** The address in the relay's first line; null while the line is not whole or is none. */
function addressIn(said: string): string | null {
  const end = said.indexOf('\n');
  if (end < 0) return null;
  try {
    return v.parse(readyLine, JSON.parse(said.slice(0, end))).addresses[0] ?? null;
  } catch {
    return null;
  }
}
