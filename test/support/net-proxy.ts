// A TCP proxy on loopback between a peer and a relay that misbehaves like a network: cuts, black-holes, delays, throttles, doubles connections.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What a test does to the line. Everything holds for connections that are there and for those that come. */
export interface Proxy {
  readonly port: number;
  /** Connections going through now. */
  readonly connections: number;
  /** Replaces host and port of a relay's multiaddr by the proxy's. */
  through(address: string): string;
  /** Resets every connection, as when a cable is pulled and both sides notice. */
  cutAll(): void;
  /** Black hole: connections stay open, new ones are accepted, not a byte passes. */
  pause(): void;
  /** Ends the black hole; what was held passes. */
  resume(): void;
  /** Every byte arrives `ms` later; 0 as before. */
  delay(ms: number): void;
  /** At most this many bytes a second and direction; Infinity as before. */
  throttle(bytesPerSecond: number): void;
  /** From now on everything a client sends arrives on a second connection too, whose answers nobody sees. */
  duplicate(on: boolean): void;
  /** New connections are reset at once while true: nothing listens there any more. */
  refuse(on: boolean): void;
  stop(): Promise<void>;
}

interface Weather {
  paused: Promise<void> | null;
  delay: number;
  rate: number;
  duplicate: boolean;
  refuse: boolean;
}

const MOST_HELD_BYTES = 1_048_576;

/** Starts a proxy in front of `target`. */
export async function startProxy(options: { readonly target: { readonly host: string; readonly port: number } }): Promise<Proxy> {
  const weather: Weather = { paused: null, delay: 0, rate: Number.POSITIVE_INFINITY, duplicate: false, refuse: false };
  const sockets = new Set<Socket>();
  let wake: () => void = () => undefined;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    track(client);
    if (weather.refuse) return void client.resetAndDestroy();
    const upstream = track(connect(options.target));
    const copy = weather.duplicate ? track(connect(options.target)) : null;
    copy?.resume();
    carry(client, copy === null ? [upstream] : [upstream, copy], weather);
    carry(upstream, [client], weather);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return sockets.size / 2;
    },
    through: (address) => address.replace(/^\/[^/]+\/[^/]+\/tcp\/\d+/, `/ip4/127.0.0.1/tcp/${port}`),
    cutAll() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    pause() {
      weather.paused ??= new Promise((resolve) => {
        wake = resolve;
      });
    },
    resume() {
      weather.paused = null;
      wake();
    },
    delay(ms) {
      weather.delay = ms;
    },
    throttle(bytesPerSecond) {
      weather.rate = bytesPerSecond;
    },
    duplicate(on) {
      weather.duplicate = on;
    },
    refuse(on) {
      weather.refuse = on;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      wake();
      server.close();
      await once(server, 'close');
    },
  };
}

// One direction: in order, each piece when the weather lets it through.
function carry(from: Socket, to: readonly Socket[], weather: Weather): void {
  let last: Promise<unknown> = Promise.resolve();
  let held = 0;
  from.on('data', (piece) => {
    const due = performance.now() + weather.delay;
    held += piece.length;
    if (held > MOST_HELD_BYTES) from.pause();
    last = last.then(async () => {
      await letThrough(piece.length, due, weather);
      for (const socket of to) if (socket.writable) socket.write(piece);
      held -= piece.length;
      if (held <= MOST_HELD_BYTES) from.resume();
    });
  });
  from.once('close', () => {
    if (weather.paused === null) void last.then(() => to.forEach((socket) => void socket.destroySoon()));
    else void weather.paused.then(() => to.forEach((socket) => void socket.destroy()));
  });
}

async function letThrough(bytes: number, due: number, weather: Weather): Promise<void> {
  const late = due - performance.now();
  if (late > 0) await wait(late);
  while (weather.paused !== null) await weather.paused;
  if (weather.rate !== Number.POSITIVE_INFINITY) await wait((bytes / weather.rate) * 1_000);
}
