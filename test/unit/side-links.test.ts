// What the window says of a pasted link before anything is sent, and the QR codes it draws.

import { describe, expect, test } from 'vitest';
import { base64url, concat, hex } from '../../core/base/bytes.ts';
import { labelledHash } from '../../core/base/hash.ts';
import { LINK_PREFIX } from '../../core/base/pasted-link.ts';
import { MAX_LINK_CHARS } from '../../core/wire/limits.ts';
import { encodeLink, type Invite } from '../../core/wire/link.ts';
import { qrModules, qrPath } from '../../desktop/ui/design/qr-path.ts';
import { inOrder, inviteState } from '../../desktop/ui/invites/invite-state.ts';
import { readLink } from '../../desktop/ui/invites/read-link.ts';
import { readQr } from '../support/read-qr.ts';
import { fixed } from '../vectors/vector.ts';

const NOW = 1_790_000_000_000;
const RELAY = '/dns4/relay.example.org/tcp/443/tls/ws/p2p/12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2';
const invite: Invite = {
  root: fixed('root', 32),
  manifestVersion: 3,
  capability: fixed('capability', 32),
  profileKey: fixed('profile', 32),
  relays: [RELAY],
  direct: [],
  expires: NOW + 86_400_000,
  public: false,
};
const link = encodeLink(invite);
const faultOf = async (pasted: string) => {
  const reading = await readLink(pasted, NOW);
  return reading.state === 'fault' ? reading.fault : reading.state;
};

describe('a link that Bob pastes', () => {
  test('is read as the engine reads it: who invites, until when, for one or for many', async () => {
    const good = { state: 'good', account: hex(invite.root), expires: invite.expires, public: false };
    expect(await readLink(link, NOW)).toEqual(good);
    expect(await readLink(encodeLink({ ...invite, public: true }), NOW)).toEqual({ ...good, public: true });
  });

  test('may be wrapped, quoted, put into brackets or begin with capitals', async () => {
    const wrapped = `  <${link.slice(0, 40)}\n  ${link.slice(40, 90)}\r\n${link.slice(90)}>\n`;
    expect(await faultOf(wrapped)).toBe('good');
    expect(await faultOf(`"${link}"`)).toBe('good');
    expect(await faultOf(link.replace('sotto', 'Sotto'))).toBe('good');
  });

  test('is found between the words of a whole message', async () => {
    expect(await faultOf(`Here is my link: ${link} see you soon!`)).toBe('good');
    expect(await faultOf(`Here: "${link.replace(/.{60}/g, '$&\n')}", see\nyou soon`)).toBe('good');
    expect(await faultOf(`It is ${link}.`)).toBe('good');
    expect(await faultOf(`Compare sotto:safety/1/${'A'.repeat(86)} with yours`)).toBe('safety-code');
    expect(await faultOf('Here is my link: https://example.org/')).toBe('not-a-link');
  });

  test('that was cut off anywhere, or has a letter wrong, is said to be cut', async () => {
    for (let length = 3; length < link.length; length += 1) expect(await faultOf(link.slice(0, length)), `${length}`).toBe('cut');
    const middle = link.length - 20;
    const wrong = link.slice(0, middle) + (link[middle] === 'A' ? 'B' : 'A') + link.slice(middle + 1);
    expect(await faultOf(wrong)).toBe('cut');
    expect(await faultOf(`${link}A`)).toBe('cut');
    expect(await faultOf(`Here is my link: ${link.slice(0, 90)} see you`)).toBe('cut');
  });

  test('that is something else is said to be that', async () => {
    expect(await faultOf('')).toBe('empty');
    expect(await faultOf(' \n ')).toBe('empty');
    expect(await faultOf('https://example.org/')).toBe('not-a-link');
    expect(await faultOf('x'.repeat(100_000))).toBe('not-a-link');
    expect(await faultOf(`sotto:safety/1/${'A'.repeat(86)}`)).toBe('safety-code');
  });

  test('that has expired is said to have, and so is one of a newer Sotto', async () => {
    expect(await faultOf(encodeLink({ ...invite, expires: NOW - 1_000 }))).toBe('expired');
    const payload = concat(Uint8Array.of(0x08, 2, 0x50, 1));
    expect(await faultOf(LINK_PREFIX + base64url(concat(payload, labelledHash('link', payload).slice(0, 4))))).toBe('newer');
  });

  test('never throws for bytes that pass the check and mean nothing', async () => {
    for (const payload of [[0xff], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f], [0x12, 40, 1, 2], [0x0d, 1, 2, 3, 4]].map((b) =>
      Uint8Array.from(b),
    )) {
      expect(await faultOf(LINK_PREFIX + base64url(concat(payload, labelledHash('link', payload).slice(0, 4))))).toBe('cut');
    }
  });
});

describe('a QR code', () => {
  test('says to Bob’s camera exactly what Alice’s link says, at any length a link may have', () => {
    for (const text of ['sotto:', link, LINK_PREFIX.padEnd(MAX_LINK_CHARS, 'aZ9_-')]) expect(readQr(qrModules(text))).toBe(text);
  });

  test('of the longest link is of version 21 or less, as the limit of a link promises', () => {
    expect(qrModules(LINK_PREFIX.padEnd(MAX_LINK_CHARS, 'a')).length).toBeLessThanOrEqual(17 + 4 * 21);
  });

  test('is drawn as the very same modules, with four light ones around', () => {
    const rows = qrModules(link);
    const { size, path } = qrPath(link);
    expect(size).toBe(rows.length + 8);
    const drawn = rows.map((row) => row.map(() => false));
    for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
      for (let at = 0; at < Number(length); at += 1) {
        const row = drawn[Number(y) - 4];
        if (row !== undefined) row[Number(x) - 4 + at] = true;
      }
    }
    expect(path.replace(/M\d+ \d+h(\d+)v1h-\1z/g, '')).toBe('');
    expect(drawn).toEqual(rows);
  });
});

describe('one of Alice’s links', () => {
  const base = { link: 'sotto:invite/a', public: false, expires: NOW + 1, used: 0, revoked: false };

  test('is open until it is used, over or revoked; one for many is not used up', () => {
    expect(inviteState(base, NOW)).toBe('open');
    expect(inviteState({ ...base, used: 1 }, NOW)).toBe('used');
    expect(inviteState({ ...base, used: 9, public: true }, NOW)).toBe('open');
    expect(inviteState({ ...base, expires: NOW }, NOW)).toBe('expired');
    expect(inviteState({ ...base, used: 1, revoked: true }, NOW)).toBe('revoked');
  });

  test('stands before those that are over', () => {
    const over = { ...base, revoked: true, expires: NOW + 9 };
    expect(inOrder([over, base, { ...base, expires: NOW + 5 }], NOW).map(({ expires }) => expires - NOW)).toEqual([5, 1, 9]);
  });
});
