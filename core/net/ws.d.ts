// The little of `ws` that a dial needs; the package comes with @libp2p/websockets and ships no types.
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
  }
}
