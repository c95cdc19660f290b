// The line to one relay that several people name by different addresses: a wrong one never keeps us from it.
import { expect, onTestFinished, test } from 'vitest';
import { signingKey } from '../../core/base/ed25519.ts';
import { SottoError } from '../../core/base/errors.ts';
import { peerIdOf } from '../../core/net/peer-key.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { Hub } from '../../core/peer/hub.ts';
import { MOST_ADDRESSES } from '../../core/peer/relay-addresses.ts';
import { RECONNECT_MOST_MS } from '../../core/wire/limits.ts';
import { handClock } from '../support/net-clock.ts';
import { until } from '../support/net-wait.ts';

const peerId = peerIdOf(signingKey(new Uint8Array(32).fill(9)).publicKey);
const at = (host: string) => `/dns4/${host}/tcp/443/tls/ws/p2p/${peerId}`;
const [right, own] = [at('right.example'), at('own.example')];

/** A hub in front of a relay that answers at some addresses only. */
function hubTo(answering: Set<string>, ownAddress: string | null = null) {
  const dialled: string[] = [];
  const clock = handClock();
  const drops: (() => void)[] = [];
  const connect = async (address: string): Promise<RelayConnection> => {
    dialled.push(address);
    if (!answering.has(address)) throw new SottoError('OFFLINE', `Nobody is at ${address}.`);
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    drops.push(() => resolve('gone'));
    return { closed, dismissal: null, close: async () => resolve('closed') } as unknown as RelayConnection;
  };
  const hub = new Hub(connect, clock, {
    up: () => undefined,
    down: () => undefined,
    status: () => undefined,
    ownAddress: async () => ownAddress,
  });
  onTestFinished(() => hub.close());
  return { hub, dialled, clock, drop: () => drops.pop()?.() };
}

test('a wrong address that was named first does not keep Alice from a relay whose right one she hears later', async () => {
  const { hub, dialled } = hubTo(new Set([right]));
  const line = hub.need(at('wrong.example'));
  await until(() => line.reason !== null, 'it failed');
  expect(hub.need(right)).toBe(line);
  await until(() => line.connection !== null, 'the relay is reached');
  expect(dialled).toContain(right);
  expect(hub.status(line)).toMatchObject({ address: right, state: 'connected' });
});

test('her own address for a relay is tried first, whoever named another one before', async () => {
  const { hub, dialled } = hubTo(new Set([own, right]), own);
  const line = hub.need(right);
  await until(() => line.connection !== null, 'the relay is reached');
  expect(dialled).toEqual([own]);
});

test('where her own address is out of date, those that others name are tried behind it', async () => {
  const { hub, dialled } = hubTo(new Set([right]), own);
  const line = hub.need(own);
  hub.need(right);
  await until(() => line.connection !== null, 'the relay is reached');
  expect(dialled).toEqual([own, right]);
});

test('a contact who names addresses without end pushes out neither her own nor the one that worked', async () => {
  const answering = new Set([right]);
  const { hub, dialled, clock, drop } = hubTo(answering, own);
  const line = hub.need(right);
  await until(() => line.connection !== null, 'the relay is reached');
  for (let n = 0; n < 10 * MOST_ADDRESSES; n += 1) hub.need(at(`wrong${n}.example`));
  answering.clear();
  drop();
  await until(() => line.reason !== null, 'it is gone');
  dialled.length = 0;
  for (let n = 0; n < 3 * MOST_ADDRESSES; n += 1) {
    const before = dialled.length;
    await until(() => {
      clock.pass(RECONNECT_MOST_MS);
      return dialled.length >= before + 2;
    }, 'it is tried again');
    hub.need(at(`worse${n}.example`));
  }
  // Of two addresses at a time one is hers.
  expect(2 * dialled.filter((address) => address === own).length).toBeGreaterThanOrEqual(dialled.length);
  expect(dialled).toContain(right);
  answering.add(own);
  await until(() => {
    clock.pass(RECONNECT_MOST_MS);
    return line.connection !== null;
  }, 'the relay is reached by her own address');
});
