// The line of a page in the desktop: the preload hands over a port of the engine's process. The page says `sotto-ready` when it needs one;
// an engine that starts again gets a port to every page by itself.
import type { Carrier } from '../../../core/carrier/carrier.ts';
import { domPortCarrier } from '../../../core/carrier/port.ts';

/** How long the shell may take to hand over a port, ms: an engine that starts again is there by then, or the next try finds it. */
const PORT_MS = 10_000;

/** The newest port nobody uses yet. */
let spare: MessagePort | null = null;
/** The line in use. */
let used: Carrier | null = null;
/** Who waits for one. */
let waiting: ((port: MessagePort) => void) | null = null;

/** Hears of ports, for as long as the page lives. */
function listen({ source, origin, data, ports: [port] }: MessageEvent<unknown>): void {
  if (source !== window || origin !== location.origin) return;
  if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'sotto-port') return;
  if (port !== undefined && waiting !== null) {
    waiting(port);
    return;
  }
  if (port !== undefined) keep(port);
  // No port: the engine went. A port that nobody waited for: there is another engine. Ports of a page do not tell that their other end is gone.
  used?.close();
}

function use(port: MessagePort): Carrier {
  used = domPortCarrier(port);
  return used;
}

function keep(port: MessagePort): void {
  spare?.close();
  spare = port;
  port.addEventListener('close', () => {
    if (spare === port) spare = null;
  });
}

/** A line to the engine's process; null when none came in time. */
export function desktopLine(): Promise<Carrier | null> {
  window.addEventListener('message', listen);
  const port = spare;
  spare = null;
  if (port !== null) return Promise.resolve(use(port));
  return new Promise((resolve) => {
    const done = (carrier: Carrier | null) => {
      clearTimeout(timer);
      waiting = null;
      resolve(carrier);
    };
    const timer = setTimeout(() => done(null), PORT_MS);
    waiting = (came) => done(use(came));
    window.postMessage({ type: 'sotto-ready' }, location.origin);
  });
}
