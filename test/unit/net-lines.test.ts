// The line an operator hands out, and the pauses between attempts to connect: pure, without a network.
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { mdnsDiscovery } from '../../core/net/mdns.ts';
import { peerIdOf } from '../../core/net/peer-key.ts';
import { HELD_LONG_MS, keepConnected, reconnectDelay } from '../../core/net/reconnect.ts';
import { formatRelayLine, parseRelayLine } from '../../core/net/relay-line.ts';
import { RECONNECT_FIRST_MS, RECONNECT_MOST_MS } from '../../core/wire/limits.ts';
import { handClock } from '../support/net-clock.ts';
import { until, within } from '../support/net-wait.ts';

const peerId = peerIdOf(signingKey(new Uint8Array(32).fill(7)).publicKey);

test('A relay line is read back as it was written, in its normal form', () => {
  const token = random(32);
  const address = `/dns4/relay.example/tcp/443/tls/ws/p2p/${peerId}`;
  expect(parseRelayLine(formatRelayLine({ address, token }))).toEqual({ address, peerId, token });
  expect(parseRelayLine(` /dns4/Relay.Example/tcp/443/wss/p2p/${peerId}\n`)).toEqual({ address, peerId, token: new Uint8Array(0) });
  expect(parseRelayLine(`/ip6/::1/tcp/9/ws/p2p/${peerId}`).address).toBe(`/ip6/::1/tcp/9/ws/p2p/${peerId}`);
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ['no PeerId', '/ip4/1.2.3.4/tcp/9/ws', /PeerId/],
  ['half a PeerId', `/ip4/1.2.3.4/tcp/9/ws/p2p/${peerId.slice(0, 30)}`, /PeerId/],
  ['port 0', `/ip4/1.2.3.4/tcp/0/ws/p2p/${peerId}`, /port/],
  ['a port too large', `/ip4/1.2.3.4/tcp/65536/ws/p2p/${peerId}`, /port/],
  ['a host that is no IPv4', `/ip4/relay.example/tcp/9/ws/p2p/${peerId}`, /host/],
  ['a host name with a slash of its own', `/dns4/a b/tcp/9/ws/p2p/${peerId}`, /host/],
  ['another transport', `/ip4/1.2.3.4/udp/9/quic-v1/p2p/${peerId}`, /should look like/],
  ['an empty token', `/ip4/1.2.3.4/tcp/9/ws/p2p/${peerId}#`, /token/],
  ['a token that was cut', `/ip4/1.2.3.4/tcp/9/ws/p2p/${peerId}#A`, /token/],
  ['a token too long', `/ip4/1.2.3.4/tcp/9/ws/p2p/${peerId}#${'A'.repeat(100)}`, /token/],
  ['two tokens', `/ip4/1.2.3.4/tcp/9/ws/p2p/${peerId}#AAAA#AAAA`, /more than one/],
  ['nothing', '', /should look like/],
  ['far too much', `/dns4/${'a.'.repeat(400)}x/tcp/9/ws/p2p/${peerId}`, /should look like/],
];

test.each(wrong)('A relay line with %s is refused in plain words', (_what, line, sentence) => {
  expect(() => parseRelayLine(line)).toThrow(expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringMatching(sentence) }));
});

test('Waits double up to a minute, are spread over all of it, and never reach zero', () => {
  expect(Array.from({ length: 10 }, (_, failures) => reconnectDelay(failures, 0.999_999))).toEqual(
    [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].map((most) => most - 1),
  );
  expect(reconnectDelay(5, 0.5)).toBe((RECONNECT_FIRST_MS * 2 ** 5) / 2);
  expect(reconnectDelay(0, 0)).toBe(RECONNECT_FIRST_MS / 2);
  expect(reconnectDelay(10_000, 0.999_999)).toBeLessThan(RECONNECT_MOST_MS);
});

test('Alice tries again after each failure, waits longer each time, and short again after a connection that held', async () => {
  const clock = handClock();
  const waits: number[] = [];
  let attempts = 0;
  let drop: (reason: string) => void = () => undefined;
  const ups: string[] = [];
  const end = new AbortController();
  const running = keepConnected({
    async connect() {
      attempts += 1;
      if (attempts < 4) throw new Error('not yet');
      const { promise, resolve } = Promise.withResolvers<string>();
      drop = resolve;
      return { closed: promise, close: async () => resolve('closed here') };
    },
    clock,
    random: () => 0.5,
    onUp: () => void ups.push('up'),
    onDown: (_reason, wait) => void waits.push(wait),
    signal: end.signal,
  });
  for (let at = 1; at <= 3; at += 1) {
    await until(() => waits.length === at, 'it failed');
    await until(() => clock.waiting === 1, 'it waits');
    clock.pass(waits.at(-1) ?? 0);
  }
  await until(() => ups.length === 1, 'it is up');
  clock.pass(HELD_LONG_MS);
  drop('gone');
  await until(() => waits.length === 4, 'it went down');
  expect(waits).toEqual([125, 250, 500, 125]);
  await until(() => clock.waiting === 1, 'it waits');
  clock.pass(125);
  await until(() => ups.length === 2, 'it is up again');
  end.abort();
  await within(running, 'it ended');
  expect(waits).toHaveLength(4);
});

test('Ending while it waits ends at once', async () => {
  const clock = handClock();
  const end = new AbortController();
  const running = keepConnected({
    connect: () => Promise.reject(new Error('no')),
    clock,
    random: () => 0.5,
    onUp: () => undefined,
    onDown: () => undefined,
    signal: end.signal,
  });
  await until(() => clock.waiting === 1, 'it waits');
  end.abort();
  await within(running, 'it ended');
  expect(clock.waiting).toBe(0);
});

test('Discovery tells of others with addresses that can be dialled, never of ourselves, and survives nonsense', async () => {
  let found: ((event: CustomEvent) => void) | undefined;
  const service = {
    start: async () => undefined,
    stop: async () => undefined,
    addEventListener: (_type: 'peer', listener: (event: CustomEvent) => void) => {
      found = listener;
    },
  };
  const discovery = mdnsDiscovery({ peerId, addresses: [] }, () => service);
  const seen: unknown[] = [];
  await discovery.start((...args) => void seen.push(args));
  const other = peerIdOf(signingKey().publicKey);
  const tell = (id: string, multiaddrs: readonly string[]) => found?.(new CustomEvent('peer', { detail: { id, multiaddrs } }));
  tell(other, ['/ip4/192.168.1.5/tcp/4001/ws', '/ip4/192.168.1.5/udp/4001/quic-v1']);
  tell(peerId, ['/ip4/192.168.1.6/tcp/4001/ws']);
  tell('nonsense', ['/ip4/192.168.1.6/tcp/4001/ws']);
  found?.(new CustomEvent('peer', { detail: null }));
  expect(seen).toEqual([[other, [`/ip4/192.168.1.5/tcp/4001/ws/p2p/${other}`]]]);
  await discovery.stop();
});
