// What Alice types in her first run: passphrases and the address of a relay.
import { describe, expect, test, vi } from 'vitest';
import type { RelayStatus } from '../../core/api.ts';
import { giveRelay } from '../../desktop/ui/first-run/give-relay.ts';
import { readRelayLine } from '../../desktop/ui/first-run/relay-line.ts';
import { strengthOf } from '../../desktop/ui/first-run/strength.ts';

describe('the strength of a passphrase', () => {
  test('is low for what everybody tries first, however it is dressed up', () => {
    for (const known of [
      'a',
      'password',
      'Passwort123!',
      'qwertz12345',
      'aaaaaaaaaaaaaaaaaaaa',
      '12345678901234',
      'sotto sotto sotto sotto',
    ])
      expect([known, strengthOf(known)]).toEqual([known, 'short']);
  });

  test('grows with every word that does not belong to the others', () => {
    const steps = [
      'mountain',
      'mountain copper',
      'mountain copper ladder',
      'mountain copper ladder friday',
      'mountain copper ladder friday onion',
    ];
    expect(steps.map(strengthOf)).toEqual(['short', 'weak', 'fair', 'fair', 'strong']);
  });

  test('counts what a password manager makes', () => {
    expect(strengthOf('x7Gq-2mZr-9TdK-w4Pb')).toBe('strong');
    expect(strengthOf('kX9vR2mQ7tLz')).toBe('strong');
  });
});

const ID = '12D3KooWGC6S6eXj7LwPB4Hr3Nnaon3b6x9hxtT9L1tc2cqSKq2K';
const ADDRESS = `/dns4/relay.example/tcp/443/tls/ws/p2p/${ID}`;

describe('the line of a relay', () => {
  test('is taken with its token, and with what mail programs put around it', () => {
    for (const pasted of [`${ADDRESS}#tok-en`, `  "${ADDRESS}#tok-en"\n`, `<${ADDRESS}#tok-en>`, `Relay: ${ADDRESS}#tok-en`])
      expect(readRelayLine(pasted)).toEqual({ state: 'good', relay: `${ADDRESS}#tok-en` });
    expect(readRelayLine(`/dns4/relay.example/tcp/443/\n  tls/ws/p2p/${ID}`).state).toBe('good');
    expect(readRelayLine(`/ip4/192.168.1.4/tcp/4400/ws/p2p/${ID}`).state).toBe('good');
  });

  test('is told apart from what is cut, from an invite, and from something else', () => {
    expect(readRelayLine('')).toEqual({ state: 'empty' });
    expect(readRelayLine(ADDRESS.slice(0, -20)).state).toBe('cut');
    expect(readRelayLine('/dns4/relay.example/tcp/443').state).toBe('cut');
    expect(readRelayLine('sotto:invite/abc').state).toBe('invite');
    expect(readRelayLine('relay.example').state).toBe('not-a-relay');
    expect(readRelayLine('/'.repeat(100_000)).state).toBe('not-a-relay');
  });
});

describe('the relay that Alice was given', () => {
  const addresses = ['/dns4/relay.example/tcp/443/tls/ws/p2p/12D3', '/dns4/relay.example/tcp/443/tls/ws/p2p/12D3#token'] as const;
  const engine = (state: RelayStatus['state']) => ({
    addRelay: vi.fn(async () => ({ address: addresses[0], peerId: '12D3', state, reason: null })),
    removeRelay: vi.fn(async () => ({})),
  });

  test('is hers when it answers', async () => {
    const api = engine('connected');
    await giveRelay(api, addresses[1]);
    expect(api.addRelay).toHaveBeenCalledWith({ relay: addresses[1] });
    expect(api.removeRelay).not.toHaveBeenCalled();
  });

  test.each([
    ['waiting', 'OFFLINE'],
    ['connecting', 'OFFLINE'],
    ['refused', 'REFUSED'],
  ] as const)('is not kept when it is %s, and she is told', async (state, code) => {
    const api = engine(state);
    await expect(giveRelay(api, addresses[1])).rejects.toThrow(expect.objectContaining({ code }));
    expect(api.removeRelay).toHaveBeenCalledWith({ relay: addresses[0] });
  });
});
