// Alice's tab knocks at her engine: with the address, after a reload, and at a program that only pretends to be her engine.
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket as WsSocket } from 'ws';
import { peerContract } from '../../core/api.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import type { Socket } from '../../core/carrier/socket.ts';
import { writeOffer } from '../../core/carrier/window-door.ts';
import { KEPT_AS, Knocker, type Page } from '../../desktop/ui/app/knock.ts';
import { bob } from '../support/carrier.ts';
import { within } from '../support/net-wait.ts';
import { browserSocket, firstOffer, knock, secret, triedServer } from '../support/page-server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A tab of Alice's browser: what it keeps outlives a reload. */
function tab(port: number, hash: string, kept = new Map<string, string>()) {
  const page = { hash, sockets: [] as Socket[], offers: [] as string[][] };
  const made: Page = {
    host: `127.0.0.1:${port}`,
    get hash() {
      return page.hash;
    },
    wipeHash: () => {
      page.hash = '';
    },
    kept: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    connect: (url, protocols) => {
      const socket = browserSocket(url, protocols, `http://127.0.0.1:${port}`);
      page.sockets.push(socket);
      page.offers.push(protocols);
      return socket;
    },
    secret,
  };
  return { ...page, page, kept, knocker: new Knocker(made), reload: () => tab(port, page.hash, kept) };
}

const connected = async (knocker: Knocker) => {
  const carrier = await within(knocker.knock(), 'a line');
  if (carrier === null) throw new Error('not let in');
  return { carrier, api: connectApi(carrier, peerContract) };
};

test('the address gives a line and is wiped; reloads and breaks give another without her doing anything', async () => {
  const { server } = await triedServer(ends);
  const alice = tab(server.port, new URL(server.address).hash);
  expect(alice.page.hash).toBe('');
  const first = await connected(alice.knocker);
  expect(await first.api.contacts({})).toEqual([bob]);
  first.carrier.close();
  expect(await (await connected(alice.knocker)).api.contacts({})).toEqual([bob]);
  expect(await (await connected(alice.reload().knocker)).api.contacts({})).toEqual([bob]);
  expect([...alice.kept.values()].join()).not.toContain(new URL(server.address).hash.slice(1));
});

test('an address that another tab has used opens nothing, but does not shut out the tab that it was used in', async () => {
  const { server } = await triedServer(ends);
  const { hash } = new URL(server.address);
  const alice = tab(server.port, hash);
  await connected(alice.knocker);
  expect(await within(tab(server.port, hash).knocker.knock(), 'a refusal')).toBeNull();
  const pasted = tab(server.port, hash, alice.kept);
  expect(await (await connected(pasted.knocker)).api.contacts({})).toEqual([bob]);
});

test('another address pasted into her tab is the one of the next knock', async () => {
  const [first, second] = [await triedServer(ends), await triedServer(ends)];
  const alice = tab(second.server.port, new URL(first.server.address).hash);
  expect(await within(alice.knocker.knock(), 'a refusal')).toBeNull();
  alice.page.hash = new URL(second.server.address).hash;
  expect(await (await connected(alice.knocker)).api.contacts({})).toEqual([bob]);
  expect(alice.page.hash).toBe('');
});

test('without an address, or with one that is none, it does not even knock', async () => {
  const { server } = await triedServer(ends);
  for (const hash of ['', '#', '#conversation', `${new URL(server.address).hash}x`]) {
    const alice = tab(server.port, hash);
    expect(await alice.knocker.knock()).toBeNull();
    expect([alice.page.sockets.length, alice.page.hash]).toEqual([0, hash]);
  }
  const odd = tab(server.port, '', new Map([[KEPT_AS, '{"a":']]));
  expect(await odd.knocker.knock()).toBeNull();
});

test('when the server has ended there is no line, and no exception', async () => {
  const { server } = await triedServer(ends);
  const alice = tab(server.port, new URL(server.address).hash);
  await connected(alice.knocker);
  await server.close();
  expect(await within(alice.knocker.knock(), 'no line')).toBeNull();
  expect(await within(alice.knocker.knock(), 'still none')).toBeNull();
});

test.each(['a word', null])('a program that took the port later gets nothing to ask her passphrase by, saying %s', async (word) => {
  const { server } = await triedServer(ends);
  const alice = tab(server.port, new URL(server.address).hash);
  await connected(alice.knocker);
  await server.close();
  const mallory = new WebSocketServer({ host: '127.0.0.1', port: server.port, maxPayload: 1, perMessageDeflate: false });
  const sockets: WsSocket[] = [];
  mallory.on('connection', (socket) => {
    sockets.push(socket);
    if (word === null) socket.close();
    else socket.send(word);
  });
  ends.push(() => mallory.close());
  await new Promise<void>((resolve) => mallory.once('listening', resolve));
  expect(await within(alice.knocker.knock(), 'a refusal')).toBeNull();
  expect(sockets).toHaveLength(1);
  const told = alice.page.offers.at(-1)?.join() ?? '';
  expect(told).toContain('session.');
  expect(told).not.toContain('answer.');
  // And what it heard opens nothing once her own engine is back on that port.
  await new Promise<void>((resolve) => {
    mallory.once('close', resolve);
    for (const socket of sockets) socket.terminate();
    mallory.close();
  });
  const back = await triedServer(ends, undefined, server.port);
  const heard = told.slice(told.indexOf('session.') + 8);
  expect(await knock(back, { offer: { token: null, session: heard, answer: null } })).toBe(403);
  const opened = tab(server.port, new URL(back.server.address).hash, alice.kept);
  await connected(opened.knocker);
  expect(await knock(back, { offer: writeOffer({ ...firstOffer(back.server), session: heard }) })).toBe(403);
});
