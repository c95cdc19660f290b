// Alice's window and her engine over real message ports: Node's own, the same as a page sees it, and as Electron wraps it.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { type PeerEvent, peerContract } from '../../core/api.ts';
import type { Carrier } from '../../core/carrier/carrier.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import { MAX_REQUEST_CHARS } from '../../core/carrier/frames.ts';
import { type DomPort, domPortCarrier, type ElectronPort, electronPortCarrier, nodePortCarrier } from '../../core/carrier/port.ts';
import { serveApi } from '../../core/carrier/serve.ts';
import { bob, madeEngine, message } from '../support/carrier.ts';
import { until, within } from '../support/net-wait.ts';

/** Electron's MessagePortMain over a port of Node: nothing comes before `start`, and what comes is wrapped. */
function asElectron(port: MessagePort): ElectronPort {
  const later: (() => void)[] = [];
  return {
    postMessage: (text) => port.postMessage(text),
    close: () => port.close(),
    start: () => {
      for (const begin of later.splice(0)) begin();
    },
    on: (event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) => {
      later.push(() => port.on(event, (data) => listener({ data })));
    },
  };
}

const kinds: readonly (readonly [string, (port: MessagePort) => Carrier])[] = [
  ['node', nodePortCarrier],
  ['dom', (port) => domPortCarrier(port as unknown as DomPort)],
  ['electron', (port) => electronPortCarrier(asElectron(port))],
];

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function channel(): MessageChannel {
  const made = new MessageChannel();
  open.push(made.port1, made.port2);
  return made;
}

describe.each(kinds)('over a %s port', (_kind, carry) => {
  test('Alice writes to Bob, sees the event, and hears of a fault', async () => {
    const { port1, port2 } = channel();
    const engine = madeEngine({ send: () => message('Grüße 👋\u2028') });
    serveApi(carry(port2), peerContract, engine.api);
    const api = connectApi(carry(port1), peerContract);
    const seen: PeerEvent[] = [];
    api.onEvent((event) => seen.push(event));
    expect(await within(api.send({ who: 'Bob', text: 'Grüße 👋\u2028', id: null }), 'the message')).toEqual(message('Grüße 👋\u2028'));
    engine.tell({ event: 'contact', contact: bob });
    await until(() => seen.length === 1, 'the event came');
    expect(seen).toEqual([{ event: 'contact', contact: bob }]);
    await expect(within(api.contacts({}), 'a refusal')).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  test('What was asked before the engine listened is answered', async () => {
    const { port1, port2 } = channel();
    const asked = connectApi(carry(port1), peerContract).contacts({});
    serveApi(carry(port2), peerContract, madeEngine({ contacts: () => [bob] }).api);
    expect(await within(asked, 'the answer')).toEqual([bob]);
  });

  test('When the engine goes away the calls under way end with CLOSED', async () => {
    const { port1, port2 } = channel();
    const engine = madeEngine({ contacts: () => new Promise(() => undefined) });
    serveApi(carry(port2), peerContract, engine.api);
    const pending = connectApi(carry(port1), peerContract).contacts({});
    await until(() => engine.asked.length === 1, 'the call arrived');
    port2.close();
    await expect(within(pending, 'the end')).rejects.toMatchObject({ code: 'CLOSED' });
    await until(() => engine.listening() === 0, 'the engine forgot the window');
  });

  test.each([
    ['a value that is no text', { kind: 'req', id: 1, name: 'contacts', input: {} }],
    ['a frame above the bound', 'x'.repeat(MAX_REQUEST_CHARS + 1)],
  ])('A window that sends %s is shut', async (_what, value) => {
    const { port1, port2 } = channel();
    const engine = madeEngine({});
    serveApi(carry(port2), peerContract, engine.api);
    const closed = new Promise<void>((resolve) => port1.on('close', resolve));
    port1.postMessage(value);
    await within(closed, 'the end of the port');
    expect(engine.listening()).toBe(0);
    expect(engine.asked).toEqual([]);
  });
});
