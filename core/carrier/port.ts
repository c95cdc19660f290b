// Message ports as carriers. The three kinds differ: a DOM port and Electron's wait for `start` and give `event.data`; Node's gives the
// value itself. A port cannot say how much waits in it, so nothing here slows a sender down.
import { type Carrier, Ending } from './carrier.ts';

interface PostingPort {
  postMessage(message: string): void;
  close(): void;
}

/** What a browser's MessagePort has of use here. */
export interface DomPort extends PostingPort {
  addEventListener(type: 'message' | 'messageerror' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
  start(): void;
}

/** What Electron's MessagePortMain has of use here. */
export interface ElectronPort extends PostingPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

/** What a MessagePort of node:worker_threads has of use here. */
export interface NodePort extends PostingPort {
  on(event: 'message', listener: (value: unknown) => void): unknown;
  on(event: 'messageerror' | 'close', listener: () => void): unknown;
}

/** Carries over a port of the page. */
export function domPortCarrier(port: DomPort): Carrier {
  return carry(port, (take, end) => {
    port.addEventListener('message', (event) => take(event.data));
    port.addEventListener('messageerror', end);
    port.addEventListener('close', end);
    port.start();
  });
}

/** Carries over a port of Electron's main or utility process. */
export function electronPortCarrier(port: ElectronPort): Carrier {
  return carry(port, (take, end) => {
    port.on('message', (event) => take(event.data));
    port.on('close', end);
    port.start();
  });
}

/** Carries over a port of node:worker_threads. */
export function nodePortCarrier(port: NodePort): Carrier {
  return carry(port, (take, end) => {
    port.on('message', take);
    port.on('messageerror', end);
    port.on('close', end);
  });
}

/** @param start sets the port going; only then do frames come, so none is lost before somebody listens */
function carry(port: PostingPort, start: (take: (value: unknown) => void, end: () => void) => void): Carrier {
  const ending = new Ending();
  const end = () => {
    if (ending.happen()) port.close();
  };
  return {
    send: (frame) => {
      if (!ending.over) port.postMessage(frame);
    },
    onFrame: (listener) =>
      start((value) => {
        if (!ending.over) listener(value);
      }, end),
    onClose: (listener) => ending.listen(listener),
    close: end,
  };
}
