// Where this device is called while it is away. The peer's side of it, over a connection that relay-client.ts runs.
import type { Bytes } from '../base/bytes.ts';
import { FRAME } from '../wire/frame.ts';
import { SetEndpointSchema, SetWakeSchema } from '../wire/gen/relay_pb.ts';
import { encode } from '../wire/proto.ts';
import type { Answer, WakeCalls } from './relay-connection.ts';

/** Endpoints over one connection. @param ask a request that is answered DONE */
export function relayWake(ask: (type: number, payload: Bytes) => Promise<Answer<void>>): WakeCalls {
  return {
    setEndpoint: (wake, kind, url) => ask(FRAME.SET_ENDPOINT, encode(SetEndpointSchema, { wake, kind, url })),
    setWake: (handle, reader, wake) => ask(FRAME.SET_WAKE, encode(SetWakeSchema, { handle, reader, wake })),
  };
}
