// The little of `ws` that a dial, a carrier and the page server need; the package comes with @libp2p/websockets and ships no types.
declare module 'ws' {
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  export interface ClientOptions {
    readonly perMessageDeflate: boolean;
    readonly maxPayload: number;
    readonly maxBufferedChunks: number;
    readonly maxFragments: number;
    readonly closeTimeout: number;
    readonly followRedirects: boolean;
    readonly generateMask?: (mask: Uint8Array) => void;
  }
  export class WebSocket {
    constructor(url: string, options: ClientOptions);
    binaryType: 'arraybuffer';
    on(event: 'open' | 'error' | 'close', listener: () => void): this;
    terminate(): void;
    readonly readyState: number;
    readonly bufferedAmount: number;
    send(data: string | Uint8Array): void;
    close(code?: number): void;
    addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
  }
  export interface ServerOptions {
    readonly host?: string;
    readonly port?: number;
    readonly noServer?: boolean;
    readonly clientTracking?: boolean;
    readonly maxPayload: number;
    readonly maxBufferedChunks?: number;
    readonly maxFragments?: number;
    readonly closeTimeout?: number;
    readonly perMessageDeflate: boolean;
  }
  export class WebSocketServer {
    constructor(options: ServerOptions);
    on(event: 'connection', listener: (socket: WebSocket) => void): this;
    on(event: 'wsClientError', listener: (error: Error, socket: Duplex) => void): this;
    once(event: 'listening' | 'close', listener: () => void): this;
    address(): { readonly port: number };
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, then: (socket: WebSocket) => void): void;
    close(): void;
  }
}
