// Invite links as people handle them: pasted, wrapped, cut off, retyped.

import type { MessageInitShape } from '@bufbuild/protobuf';
import { multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import { base64url, concat } from '../../core/base/bytes.ts';
import { labelledHash } from '../../core/base/hash.ts';
import { LINK_PREFIX } from '../../core/base/pasted-link.ts';
import { InviteLinkSchema } from '../../core/wire/gen/identity_pb.ts';
import { MAX_LINK_CHARS, MAX_LINK_RELAYS } from '../../core/wire/limits.ts';
import { decodeLink, encodeLink, type Invite } from '../../core/wire/link.ts';
import { encode } from '../../core/wire/proto.ts';
import { fixed } from '../vectors/vector.ts';

const PEER = '12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2';
const RELAY = `/dns4/relay.example.org/tcp/443/tls/ws/p2p/${PEER}`;
const invite: Invite = {
  root: fixed('root', 32),
  manifestVersion: 3,
  capability: fixed('capability', 32),
  profileKey: fixed('profile', 32),
  relays: [RELAY],
  direct: [],
  expires: 1_795_000_000_000,
  public: false,
};

const badLink = expect.objectContaining({ code: 'BAD_LINK' });

/** A link whose check bytes are right, whatever its payload says. */
function linkOf(fields: object): string {
  const init: MessageInitShape<typeof InviteLinkSchema> = {
    format: 1,
    root: invite.root,
    manifestVersion: 3n,
    capability: invite.capability,
    profileKey: invite.profileKey,
    relays: [multiaddr(RELAY).bytes],
    expires: 1_795_000_000n,
    ...fields,
  };
  const payload = encode(InviteLinkSchema, init);
  return LINK_PREFIX + base64url(concat(payload, labelledHash('link', payload).slice(0, 4)));
}

describe('an invite link', () => {
  test('says to Bob what Alice put into it', () => {
    expect(decodeLink(encodeLink(invite))).toEqual(invite);
  });

  test('is one line that fits a QR code, with every address it may have', () => {
    const full: Invite = {
      ...invite,
      relays: [RELAY, RELAY],
      direct: Array.from({ length: 4 }, () => `/ip4/192.0.2.7/tcp/4002/ws/p2p/${PEER}`),
    };
    const line = encodeLink(full);
    expect(line).toMatch(/^sotto:invite\/[A-Za-z0-9_-]+$/);
    expect(line.length).toBeLessThanOrEqual(MAX_LINK_CHARS);
    expect(decodeLink(line)).toEqual(full);
  });

  test.each([
    ['spaces and line breaks around it', (line: string) => `\n  ${line}\r\n`],
    ['angle brackets around it', (line: string) => `<${line}>`],
    ['quotes around it', (line: string) => `"${line}"`],
    ['line breaks inside it', (line: string) => line.replace(/.{60}/g, '$&\r\n ')],
    ['words around it', (line: string) => `Here is my link: ${line} see you soon!`],
    ['words around it and breaks inside it', (line: string) => `Here: "${line.replace(/.{60}/g, '$&\n')}", see\nyou soon`],
    ['a full stop behind it', (line: string) => `It is ${line}.`],
    ['a scheme in capitals', (line: string) => line.replace('sotto:invite/', 'SOTTO:Invite/')],
  ])('survives %s', (_what, change) => {
    expect(decodeLink(change(encodeLink(invite)))).toEqual(invite);
  });

  test('is refused wherever it was cut off', () => {
    const line = encodeLink(invite);
    for (let length = 0; length < line.length; length += 1) expect(() => decodeLink(line.slice(0, length))).toThrow(badLink);
  });

  test('is refused with any one character mistyped', () => {
    const line = encodeLink(invite);
    for (let at = LINK_PREFIX.length; at < line.length; at += 1) {
      const wrong = line[at] === 'A' ? 'B' : 'A';
      expect(() => decodeLink(line.slice(0, at) + wrong + line.slice(at + 1))).toThrow(badLink);
    }
  });

  test.each([
    ['a format of later', { format: 2 }],
    ['a short root key', { root: fixed('root', 31) }],
    ['a long capability', { capability: fixed('capability', 33) }],
    ['no profile key', { profileKey: new Uint8Array(0) }],
    ['manifest version 0', { manifestVersion: 0n }],
    ['a manifest version beyond every number', { manifestVersion: 2n ** 64n - 1n }],
    ['no expiry', { expires: 0n }],
    ['an expiry beyond every date', { expires: 2n ** 60n }],
    ['no address at all', { relays: [] }],
    ['an address that is not one', { direct: [fixed('noise', 40)] }],
    ['more relays than allowed', { relays: Array.from({ length: MAX_LINK_RELAYS + 1 }, () => fixed('relay', 8)) }],
  ])('with %s is refused', (_what, fields) => {
    expect(() => decodeLink(linkOf(fields))).toThrow(badLink);
  });

  test.each([
    ['without a PeerId', '/ip4/192.0.2.7/tcp/4002/ws'],
    ['with something behind the PeerId', `/ip4/192.0.2.7/tcp/4002/ws/p2p/${PEER}/p2p-circuit`],
    ['that is no address', 'relay.example.org:4001'],
    ['too long', `/dns4/${'a'.repeat(240)}.example/tcp/4002/ws/p2p/${PEER}`],
  ])('cannot be made with an address %s', (_what, address) => {
    expect(() => encodeLink({ ...invite, relays: [address] })).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  test('too long for a QR code is refused when it is made', () => {
    const long = `/dns4/${'a'.repeat(63)}.${'b'.repeat(63)}.example.org/tcp/443/tls/ws/p2p/${PEER}`;
    expect(() => encodeLink({ ...invite, relays: [long, long], direct: [long] })).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});
