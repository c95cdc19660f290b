// Which addresses a relay may call: nothing special in either family, in whatever form it is written.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIND, targetOf } from '../../relay/wake/endpoint.ts';
import { isPublic } from '../../relay/wake/ranges.ts';

/** The special ranges as the registries have them: written out here once more, so that a line lost there is noticed. */
const V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '255.255.255.255/32'],
];
const V6 = [
  ...['::/128', '::1/128', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '100:0:0:1::/64', '2001::/23', '2001::/32'],
  ...['2001:2::/48', '2001:10::/28', '2001:20::/28', '2001:30::/28', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'],
  ...['5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8', '::/96'],
];

const runs = process.env.SLOW === '1' ? 20_000 : 300;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const quad = (of: readonly number[]) => of.join('.');
const groups = (of: readonly number[]) =>
  Array.from({ length: 8 }, (_, at) => (((of[2 * at] ?? 0) << 8) | (of[2 * at + 1] ?? 0)).toString(16)).join(':');

function parsed(range: string): { readonly net: readonly number[]; readonly prefix: number } {
  const [address = '', prefix = ''] = range.split('/');
  if (!address.includes(':')) return { net: address.split('.').map(Number), prefix: Number(prefix) };
  const [left = '', right = ''] = address.split('::');
  const side = (text: string) => text.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)]));
  const zeros = Array.from({ length: 8 - side(left).length - side(right).length }, () => 0);
  return { net: [...side(left), ...zeros, ...side(right)].flatMap((group) => [group >> 8, group & 255]), prefix: Number(prefix) };
}

/** Any address of a range. */
function inside(range: string): fc.Arbitrary<number[]> {
  const { net, prefix } = parsed(range);
  return bytes(net.length).map((random) =>
    net.map((fixed, at) => {
      const mask = 0xff & ~(0xff >> Math.max(0, Math.min(8, prefix - 8 * at)));
      return (fixed & mask) | ((random[at] ?? 0) & ~mask & 0xff);
    }),
  );
}

/** A URL must be refused as well as the address that a name resolves to. */
const refused = (address: string) =>
  !isPublic(address) && targetOf(KIND.webhook, `https://${address.includes(':') ? `[${address}]` : address}/x`, false) === null;

test.each(V4)('nothing in %s is called, not as a mapped, translated or 6to4 address of IPv6 either', (range) => {
  fc.assert(
    fc.property(inside(range), (four) => {
      const [a, b, c, d] = four as [number, number, number, number];
      const pair = [(a << 8) | b, (c << 8) | d].map((group) => group.toString(16)).join(':');
      expect(refused(quad(four))).toBe(true);
      for (const form of [`::ffff:${quad(four)}`, `::ffff:${pair}`, `::${pair}`, `64:ff9b::${pair}`, `2002:${pair}::1`, `::ffff:0:${pair}`])
        expect(refused(form), form).toBe(true);
    }),
    { numRuns: runs / 10 },
  );
});

test.each(V6)('nothing in %s is called', (range) => {
  fc.assert(
    fc.property(inside(range), (address) => {
      expect(refused(groups(address))).toBe(true);
    }),
    { numRuns: runs / 10 },
  );
});

test('an address of IPv4 is called exactly when it lies in no special range', () => {
  const masked = (address: readonly number[], prefix: number) =>
    (((address[0] ?? 0) << 24) | ((address[1] ?? 0) << 16) | ((address[2] ?? 0) << 8) | (address[3] ?? 0)) >> (32 - prefix);
  fc.assert(
    fc.property(bytes(4), (four) => {
      const isSpecial = V4.map(parsed).some(({ net, prefix }) => masked([...four], prefix) === masked(net, prefix));
      expect(isPublic(quad([...four]))).toBe(!isSpecial);
    }),
    { numRuns: runs },
  );
});

test('public addresses are called, and what is no address is not', () => {
  const good = ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.128.0.0', '172.32.0.1', '192.0.1.1', '223.255.255.255', '2606:4700::1111'];
  expect(good.filter((address) => !isPublic(address))).toEqual([]);
  expect(['', 'localhost', '1.1.1', '0x7f.1', 'fe80::1%eth0', '2606:4700::1%1', '1.1.1.1/32'].filter(isPublic)).toEqual([]);
});

test('other ways to write a loopback address in a URL are seen through', () => {
  const hidden = ['127.1', '0x7f.0.0.1', '2130706433', '0177.0.0.1', '[::ffff:7f00:1]', '[::1]', '127.0.0.1.', '１２７.0.0.1'];
  for (const host of hidden) expect(targetOf(KIND.webhook, `https://${host}/`, false), host).toBeNull();
});

test('a URL is https, on port 443 or a free one, without user or fragment, and not too long', () => {
  const good = ['https://push.example.org/x?y=z', 'https://push.example.org:8443/', 'https://[2606:4700::1]:1024/', 'https://1.1.1.1'];
  const bad = [
    ...[
      'http://push.example.org/',
      'ftp://push.example.org/',
      'https://push.example.org:25/',
      'https://push.example.org:1023/',
      'https://',
    ],
    ...[
      'https://user@push.example.org/',
      'https://:word@push.example.org/',
      'https://push.example.org/#part',
      'https://push.example.org/#',
    ],
    ...['https://push.example.org/ü', 'https://push.example.org/\n', ' https://push.example.org/', 'push.example.org', '', 'https://'],
    `https://push.example.org/${'x'.repeat(1_000)}`,
  ];
  for (const kind of Object.values(KIND)) {
    expect(good.filter((url) => targetOf(kind, url, false) === null)).toEqual([]);
    expect(bad.filter((url) => targetOf(kind, url, false) !== null)).toEqual([]);
  }
  expect([0, 4, 255].map((kind) => targetOf(kind, 'https://push.example.org/', true))).toEqual([null, null, null]);
  const open = ['http://127.0.0.1:8080/', 'http://ntfy.lan/', 'https://192.168.1.7/', 'http://[::1]:9000/up'];
  expect(open.filter((url) => targetOf(KIND.unifiedPush, url, true) === null)).toEqual([]);
  expect(['http://127.0.0.1:22/', 'http://127.0.0.1:443/'].map((url) => targetOf(KIND.webhook, url, true))).toEqual([null, null]);
});
