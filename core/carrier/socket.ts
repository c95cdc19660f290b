// A WebSocket as a carrier, a browser's or that of `ws`: one text message a frame. Who may connect, and the longest message a socket takes
// (`maxPayload`), is decided by whoever makes the socket.
import { type Carrier, Ending } from './carrier.ts';
import { MAX_ANSWER_CHARS } from './frames.ts';

/** What a WebSocket has of use here. */
export interface Socket {
  readonly readyState: number;
  /** Bytes sent and not taken by the network yet. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
}

/** Bytes that may wait for a reader that does not read; beyond them the line is closed. Measured before a frame is added, so that an answer of the largest size passes. */
export const MAX_BUFFERED_BYTES = MAX_ANSWER_CHARS;
/** Frames that may wait for the socket to open: what a window asks at its start, many times over. */
export const MAX_HELD_FRAMES = 256;

const CONNECTING = 0;
const OPEN = 1;

/** Carries over `socket`, which may still be connecting: frames wait until it is open. */
export function socketCarrier(socket: Socket): Carrier {
  const ending = new Ending();
  const held: string[] = [];
  const end = () => {
    if (ending.happen()) socket.close();
  };
  const send = (frame: string) => {
    if (ending.over) return;
    if (held.length >= MAX_HELD_FRAMES || socket.bufferedAmount > MAX_BUFFERED_BYTES) end();
    else if (socket.readyState === CONNECTING) held.push(frame);
    else if (socket.readyState === OPEN) socket.send(frame);
  };
  socket.addEventListener('open', () => {
    for (const frame of held.splice(0)) send(frame);
  });
  // An error is always followed by the end; without a listener `ws` would throw it.
  socket.addEventListener('error', end);
  socket.addEventListener('close', end);
  if (socket.readyState > OPEN) end();
  return {
    send,
    onFrame: (listener) =>
      socket.addEventListener('message', (event) => {
        if (!ending.over) listener(event.data);
      }),
    onClose: (listener) => ending.listen(listener),
    close: end,
  };
}
