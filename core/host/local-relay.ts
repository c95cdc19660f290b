// The relay on this machine: started when a person asks and again whenever their home opens, kept running, at one address for ever.
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import type { LocalRelay as LocalRelayState } from '../window-api.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

const FILE = 'local-relay.json';
const FOLDER = 'relay';
/** Ports it chooses from: below those that systems hand out for a moment, above those that have names. */
const PORTS = { from: 20_000, to: 30_000 } as const;
/** Ports tried before it is given up. */
const PORT_TRIES = 50;
/** Between two starts, ms: at first, and at most. */
const AGAIN_MS = { first: 1_000, most: 60_000 } as const;

/** A relay that was started. */
export interface RunningRelay {
  /** Multiaddr with /p2p/. */
  readonly address: string;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Lets it go down in order; resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts relays: a process of its own with Node, a utility process in Electron. */
export interface RelayStarter {
  /** Ready when it resolves. @param port on 127.0.0.1. @throws OFFLINE when it does not come up */
  start(folder: string, port: number): Promise<RunningRelay>;
}

const saved = v.object({ port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)), wanted: v.boolean() });
type Saved = v.InferOutput<typeof saved>;

/** What the relay of a home needs. */
export interface LocalRelayNeed {
  readonly home: string;
  /** Null where this host runs no relay. */
  readonly starter: RelayStarter | null;
  readonly clock: Clock;
  onFault(fault: unknown): void;
}

/** The relay of a home. */
export class LocalRelay {
  readonly #need: LocalRelayNeed;
  readonly #path: string;
  #saved: Saved | null = null;
  #running: RunningRelay | null = null;
  #starting: Promise<RunningRelay> | null = null;
  #asked: Promise<string> | null = null;
  #ending: Promise<unknown> = Promise.resolve();
  #failures = 0;
  #cancelAgain: () => void = () => undefined;
  #closed = false;

  constructor(need: LocalRelayNeed) {
    this.#need = need;
    this.#path = join(need.home, FILE);
  }

  get state(): LocalRelayState {
    return { running: this.#running !== null, address: this.#running?.address ?? null };
  }

  /** Reads what was wanted last, and starts it again if that was a running relay. Never rejects. */
  async begin(): Promise<void> {
    try {
      this.#saved ??= await this.#read();
      if (this.#saved?.wanted === true) await this.#start(this.#saved.port);
    } catch (error) {
      this.#need.onFault(error);
      if (this.#saved?.wanted === true) this.#again();
    }
  }

  /** Starts it and remembers that it is wanted; answers its address. @throws REFUSED where this host runs none, OFFLINE, STORE_FAILED */
  start(): Promise<string> {
    // Two windows that ask at once choose one port.
    this.#asked ??= this.#startAsked().finally(() => {
      this.#asked = null;
    });
    return this.#asked;
  }

  async #startAsked(): Promise<string> {
    this.#saved ??= await this.#read();
    const port = this.#saved?.port ?? (await freePort());
    const { address } = await this.#start(port);
    await this.#save({ port, wanted: true });
    return address;
  }

  /** Ends it, and remembers that it is not wanted; its port stays its own. @throws STORE_FAILED */
  async stop(): Promise<void> {
    // What was asked for before is done first: it would be wanted again otherwise.
    await this.#asked?.catch(() => undefined);
    this.#saved ??= await this.#read();
    if (this.#saved !== null) await this.#save({ ...this.#saved, wanted: false });
    await this.#end();
  }

  /** Ends it until the home opens again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  #start(port: number): Promise<RunningRelay> {
    const { starter, home } = this.#need;
    if (this.#running !== null) return Promise.resolve(this.#running);
    if (this.#closed) return Promise.reject(new SottoError('CLOSED'));
    if (starter === null) return Promise.reject(new SottoError('REFUSED', 'No relay can be run from here.'));
    this.#cancelAgain();
    // One that is still going down has the port and the folder.
    this.#starting ??= this.#ending
      .then(() => starter.start(join(home, FOLDER), port))
      .then((running) => this.#use(running))
      .finally(() => {
        this.#starting = null;
      });
    return this.#starting;
  }

  #use(running: RunningRelay): RunningRelay {
    const since = this.#need.clock.monotonic();
    this.#running = running;
    void running.ended.then(() => {
      if (this.#running !== running) return;
      this.#running = null;
      if (this.#need.clock.monotonic() - since > AGAIN_MS.most) this.#failures = 0;
      this.#again();
    });
    return running;
  }

  #again(): void {
    if (this.#closed || this.#need.starter === null) return;
    const pause = Math.min(AGAIN_MS.first * 2 ** this.#failures, AGAIN_MS.most);
    this.#failures += 1;
    this.#cancelAgain = this.#need.clock.after(pause, () => void this.begin());
  }

  async #end(): Promise<void> {
    this.#cancelAgain();
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    this.#running = null;
    if (running !== null) this.#ending = running.stop().catch((error: unknown) => this.#need.onFault(error));
    await this.#ending;
  }

  async #read(): Promise<Saved | null> {
    const found = await readSmallFile(this.#path).catch((error: unknown) => {
      this.#need.onFault(error);
      return null;
    });
    if (v.is(saved, found)) return { port: found.port, wanted: found.wanted };
    if (found !== null)
      this.#need.onFault(new SottoError('MALFORMED', 'The file about the relay on this machine is damaged; it is made anew.'));
    return null;
  }

  async #save(next: Saved): Promise<void> {
    if (this.#saved?.port === next.port && this.#saved.wanted === next.wanted) return;
    await writeSmallFile(this.#path, next);
    this.#saved = next;
  }
}

/** A port nobody uses now. @throws OFFLINE */
async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries += 1) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
  throw new SottoError('OFFLINE', 'There is no free port on this machine.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
