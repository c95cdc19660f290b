// What the connection line tells Alice is true, in the order of what matters.
import { expect, test } from 'vitest';
import type { RelayStatus } from '../../core/api.ts';
import { connectionOf } from '../../desktop/ui/app/connection.ts';
import { relayHost } from '../../desktop/ui/app/relay-name.ts';

const relay = (state: RelayStatus['state'], host = 'relay.example'): RelayStatus => ({
  address: `/dns4/${host}/tcp/443/tls/ws/p2p/12D3`,
  peerId: '12D3',
  state,
  reason: null,
});

test('all relays there: connected; one missing: connected, and which is waited for', () => {
  expect(connectionOf([relay('connected')], 0, true)).toEqual({ kind: 'connected' });
  expect(connectionOf([relay('connected'), relay('waiting', 'b.example')], 0, true)).toEqual({ kind: 'partly', relay: 'b.example' });
});

test('no relay there: waiting for it by name, refused by it, or offline where the device has no network at all', () => {
  expect(connectionOf([relay('waiting')], 0, true)).toEqual({ kind: 'waiting', relay: 'relay.example' });
  expect(connectionOf([relay('connecting')], 0, true)).toEqual({ kind: 'connecting', relay: 'relay.example' });
  expect(connectionOf([relay('refused')], 0, true)).toEqual({ kind: 'refused', relay: 'relay.example' });
  expect(connectionOf([relay('waiting')], 0, false)).toEqual({ kind: 'offline' });
});

test('a relay on this machine is waited for with or without a network', () => {
  const here = { ...relay('waiting'), address: '/ip4/127.0.0.1/tcp/4400/ws/p2p/12D3' };
  expect(connectionOf([here], 0, false)).toEqual({ kind: 'waiting', relay: null });
});

test('directly connected people are told while no relay is there, and nobody who chose no relay is told to be offline', () => {
  expect(connectionOf([relay('waiting')], 2, true)).toEqual({ kind: 'direct', count: 2 });
  expect(connectionOf([relay('connected')], 2, true)).toEqual({ kind: 'connected' });
  expect(connectionOf([], 0, true)).toEqual({ kind: 'no-relay' });
});

test('a relay is called by its host', () => {
  expect(relayHost('/dns4/relay.example/tcp/443/tls/ws/p2p/12D3')).toBe('relay.example');
  expect(relayHost('/ip6/fd00::1/tcp/1/ws')).toBe('fd00::1');
  expect(relayHost('/ip4/127.0.0.1/tcp/1/ws')).toBeNull();
  expect(relayHost(`nonsense${'x'.repeat(1_000)}`)).toHaveLength(64);
});
