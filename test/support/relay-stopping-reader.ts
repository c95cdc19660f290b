// A reader in a process of its own: subscribes to every log it is given, and stops dead (SIGSTOP) at the first push.
// Continued, it reads on without an ack and exits with 0 once it has as many entries as it was told to expect,
// with 1 when the relay let go of it.
import { argv, exit, kill, pid } from 'node:process';
import { unhex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { encodeFrame, FRAME } from '../../core/wire/frame.ts';
import { HelloSchema, OpenedSchema, OpenLogSchema, SubscribeSchema } from '../../core/wire/gen/relay_pb.ts';
import { decodeEntries } from '../../core/wire/hot.ts';
import { decode, encode } from '../../core/wire/proto.ts';
import { RELAY_PROTOCOL } from '../../core/wire/version.ts';

const [address = '', expected = '', ...logs] = argv.slice(2);
const node = await createNode({ key: signingKey(), listen: [] });
const channel = await node.dial(address, RELAY_PROTOCOL, AbortSignal.timeout(10_000));
let request = 0;
let got = 0;
const opened: Uint8Array[] = [];
const frame = (type: number, payload: Uint8Array) => encodeFrame(type, ++request, payload);

void channel.closed.then(() => exit(1));
channel.onFrames((frames) => {
  for (const { type, payload } of frames) {
    if (type === FRAME.WELCOME) channel.send(logs.map(open));
    if (type === FRAME.OPENED) opened.push(payload);
    if (type === FRAME.OPENED && opened.length === logs.length) channel.send(opened.map(subscribe));
    if (type === FRAME.ENTRIES) take(decodeEntries(payload).entries.length);
  }
});
channel.send([frame(FRAME.HELLO, encode(HelloSchema, { minorMin: 0, minorMax: 0 }))]);

function take(entries: number) {
  if (got === 0) kill(pid, 'SIGSTOP');
  got += entries;
  if (got === Number(expected)) exit(0);
}

function open(named: string) {
  const [log = '', read = ''] = named.split(':');
  return frame(FRAME.OPEN_LOG, encode(OpenLogSchema, { log: unhex(log), read: unhex(read) }));
}

function subscribe(payload: Uint8Array) {
  const { handle, log } = decode(OpenedSchema, payload, 'opened');
  return frame(FRAME.SUBSCRIBE, encode(SubscribeSchema, { handle, reader: random(32), after: 0n, chain: chainStart(log) }));
}
