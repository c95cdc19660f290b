// The way into a home: through the socket of the process that has it open, or by opening it. One process owns a home at a time.
import { existsSync } from 'node:fs';
import { isSottoError, SottoError } from '../base/errors.ts';
import type { RunningPeer } from '../index.ts';
import { socketPath } from './home-folder.ts';
import { type Link, ownLink } from './home-link.ts';

/** How long to try to get at a home that another process has open and does not serve, ms; longer than an owner lingers. */
const HOME_BUSY_MS = 30_000;
/** Between two tries, ms, twice that at most. */
const AGAIN_MS = 40;

/** What a way into a home is made of. */
export interface DoorOptions {
  readonly home: string;
  /** Opens it where nobody else has; it must not go online by itself. @throws HOME_BUSY when somebody has it after all */
  open(): Promise<RunningPeer>;
  /** Lets others in while it is open: for whoever stays longer than a moment. */
  readonly serve: boolean;
  /** How long those let in may stay when it is closed, ms. */
  readonly lingerMs: number;
  /** Gives up looking, and waits for nobody at the end. */
  readonly stop: AbortSignal;
  /** What to say when the folder is not there. */
  readonly noHome?: string;
}

/** A way found: a link to the owner, or our own engine as one. */
export type Found = { readonly link: Link } | { readonly link: Link; readonly peer: RunningPeer };

/**
 * Finds the owner or becomes it. While another process has the home but does not answer, it tries again until HOME_BUSY_MS are over.
 * @throws NO_HOME, HOME_BUSY, CLOSED once `stop` is aborted, and what `open` throws
 */
export async function enterHome(options: DoorOptions): Promise<Found> {
  const deadline = performance.now() + HOME_BUSY_MS;
  for (;;) {
    const path = socketPath(options.home);
    if (path === null) throw new SottoError('NO_HOME', options.noHome);
    const link = await connect(path);
    if (link !== null) return { link };
    try {
      return await open(options, path);
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await pause(AGAIN_MS * (1 + Math.random()), options.stop);
  }
}

async function open(options: DoorOptions, path: string): Promise<Found> {
  const peer = await options.open();
  try {
    return { peer, link: ownLink(peer, await letIn(options, path, peer)) };
  } catch (error) {
    await peer.close();
    throw error;
  }
}

/** Serves the home where that is wanted; the answer closes all. */
async function letIn({ serve, lingerMs, stop }: DoorOptions, path: string, peer: RunningPeer): Promise<() => Promise<void>> {
  if (!serve) return () => peer.close();
  const { serveHome } = await import('./home-socket.ts');
  const server = await serveHome(path, peer);
  return async () => {
    await server.leave(lingerMs, stop);
    await peer.close();
  };
}

async function connect(path: string): Promise<Link | null> {
  if (process.platform !== 'win32' && !existsSync(path)) return null; // spares loading the schemas
  const { connectHome } = await import('./home-client.ts');
  return connectHome(path);
}

function isBusy(error: unknown): boolean {
  return isSottoError(error, 'HOME_BUSY') || isSottoError(error, 'STORE_LOCKED');
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const interrupted = () => {
      clearTimeout(timer);
      reject(new SottoError('CLOSED', 'Interrupted.'));
    };
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', interrupted);
      resolve();
    }, ms);
    if (stop.aborted) interrupted();
    else stop.addEventListener('abort', interrupted, { once: true });
  });
}
