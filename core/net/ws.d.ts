// The little of `ws` that a dial and a carrier need; the package comes with @libp2p/websockets and ships no types.
declare module 'ws' {
  export interface ClientOptions {
    readonly perMessageDeflate: boolean;
    readonly maxPayload: number;
    readonly maxBufferedChunks: number;
    readonly maxFragments: number;
    readonly closeTimeout: number;
    readonly followRedirects: boolean;
  }
  export class WebSocket {
    constructor(url: string, options: ClientOptions);
    binaryType: 'arraybuffer';
    on(event: 'open' | 'error' | 'close', listener: () => void): this;
    terminate(): void;
    readonly readyState: number;
    readonly bufferedAmount: number;
    send(data: string | Uint8Array): void;
    close(): void;
    addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: { readonly data?: unknown }) => void): void;
  }
  export interface ServerOptions {
    readonly host: string;
    readonly port: number;
    readonly maxPayload: number;
    readonly perMessageDeflate: boolean;
  }
  export class WebSocketServer {
    constructor(options: ServerOptions);
    on(event: 'connection', listener: (socket: WebSocket) => void): this;
    once(event: 'listening' | 'close', listener: () => void): this;
    address(): { readonly port: number };
    close(): void;
  }
}
