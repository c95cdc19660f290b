// Safety numbers and recovery: what a person compares, and what a person keeps.
import { Fingerprint, IdentityKeyPair } from '@signalapp/libsignal-client';
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { derive } from '../../core/base/hash.ts';
import { ONE_TIME_NONCE, oneTimeKey, open, seal } from '../../core/session/aead.ts';
import { createSerial } from '../../core/session/lock.ts';
import { openRecovery, sealRecovery } from '../../core/session/recovery.ts';
import { createCode, readCode } from '../../core/session/recovery-code.ts';
import { displaySafetyNumber, fingerprint, fingerprintDigits, matchesScan, safetyNumber } from '../../core/session/trust.ts';

const codeOf = (error: unknown) => (error as { code?: string }).code;

test('the digits are those of Signal’s own numeric fingerprint', () => {
  const [alice, bob] = [IdentityKeyPair.generate().publicKey, IdentityKeyPair.generate().publicKey];
  const [aliceId, bobId] = [random(32), random(16)];
  const theirs = Fingerprint.new(5_200, 2, aliceId, alice, bobId, bob).displayableFingerprint().toString();
  const ours = [fingerprint(alice.serialize(), aliceId), fingerprint(bob.serialize(), bobId)].map(fingerprintDigits).sort().join('');
  expect(ours).toBe(theirs);
});

test('both people see the same sixty digits, and a third key shows others', () => {
  const [alice, bob, mallory] = [random(32), random(32), random(32)];
  const [seen, mirrored] = [safetyNumber(alice, bob), safetyNumber(bob, alice)];
  expect(seen.number).toMatch(/^\d{60}$/);
  expect(mirrored.number).toBe(seen.number);
  expect(safetyNumber(alice, mallory).number).not.toBe(seen.number);
  expect(displaySafetyNumber(seen.number)).toMatch(/^(\d{5} ){3}\d{5}\n(\d{5} ){3}\d{5}\n(\d{5} ){3}\d{5}$/);
});

test('a scan matches the mirror of ours alone', () => {
  const [alice, bob, mallory] = [random(32), random(32), random(32)];
  const own = safetyNumber(alice, bob);
  expect(matchesScan(own, safetyNumber(bob, alice).scannable)).toBe(true);
  expect(matchesScan(own, own.scannable)).toBe(false);
  expect(matchesScan(own, safetyNumber(mallory, alice).scannable)).toBe(false);
  for (const line of ['', 'hello', 'sotto:safety/1/', 'sotto:safety/1/???', 'sotto:safety/2/AAAA'])
    expect(matchesScan(own, line)).toBe(false);
});

const CONTENT = {
  seed: random(32),
  directorySeed: random(32),
  profileKey: random(32),
  manifestVersion: 3n,
  relays: ['/ip4/127.0.0.1/p2p/x'],
  name: 'Alice',
};

test('a recovery file opens with its code however it is typed, and tells a wrong code from a broken file', async () => {
  const { file, code } = await sealRecovery(CONTENT);
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(file).toContain('recovery code');
  const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
  expect(await openRecovery(`some words before\n${file.replaceAll('\n', '\r\n')}`, typed)).toMatchObject(CONTENT);
  await expect(openRecovery(file, createCode().code)).rejects.toSatisfy((error) => codeOf(error) === 'WRONG_CODE');
  const slip = code.startsWith('A') ? `B${code.slice(1)}` : `A${code.slice(1)}`;
  await expect(openRecovery(file, slip)).rejects.toSatisfy((error) => codeOf(error) === 'WRONG_CODE');
  for (const broken of ['', file.slice(0, -40), file.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n'), file.replace('BEGIN', 'START')])
    await expect(openRecovery(broken, code)).rejects.toSatisfy((error) => codeOf(error) === 'MALFORMED' || codeOf(error) === 'WRONG_CODE');
  await expect(openRecovery('not a file', code)).rejects.toSatisfy((error) => codeOf(error) === 'MALFORMED');
}, 60_000);

test('the file shows neither key nor name', async () => {
  const { file } = await sealRecovery(CONTENT);
  const bytes = Buffer.from(file.replace(/[\s\S]*BEGIN.*\n|-----END[\s\S]*/g, ''), 'base64');
  for (const secret of [CONTENT.seed, CONTENT.profileKey, Buffer.from('Alice')]) expect(bytes.includes(Buffer.from(secret))).toBe(false);
});

test('codes carry 160 bits, and every single slip is noticed', () => {
  const { bytes, code } = createCode();
  expect(readCode(code)).toEqual(bytes);
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] === '-') continue;
    const slip = `${code.slice(0, at)}${code[at] === '7' ? '8' : '7'}${code.slice(at + 1)}`;
    expect(() => readCode(slip)).toThrow(expect.objectContaining({ code: 'WRONG_CODE' }));
  }
  expect(() => readCode('')).toThrow(expect.objectContaining({ code: 'WRONG_CODE' }));
});

test('the fast key derivation is the plain RFC 5869 one', () => {
  const [secret, salt] = [random(32), random(32)];
  const { key, nonce } = oneTimeKey(secret, salt, 'envelope');
  expect(new Uint8Array([...key, ...nonce])).toEqual(derive(secret, salt, 'envelope', 44));
});

test('what was sealed opens with the same key and associated data alone', () => {
  const [key, plain, associated] = [random(32), random(100), random(10)];
  const sealed = seal({ key, nonce: ONE_TIME_NONCE }, associated, plain);
  expect(open({ key, nonce: ONE_TIME_NONCE }, associated, sealed)).toEqual(plain);
  expect(open({ key, nonce: ONE_TIME_NONCE }, random(10), sealed)).toBeNull();
  expect(open({ key: random(32), nonce: ONE_TIME_NONCE }, associated, sealed)).toBeNull();
  expect(open({ key, nonce: ONE_TIME_NONCE }, associated, sealed.subarray(0, 15))).toBeNull();
});

test('work in the account’s queue runs one after the other, and one failure is nobody else’s', async () => {
  const serial = createSerial();
  const order: string[] = [];
  const slow = serial(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push('first');
  });
  const failing = serial(async () => {
    order.push('second');
    throw new Error('mine alone');
  });
  const last = serial(async () => order.push('third'));
  await expect(failing).rejects.toThrow('mine alone');
  await Promise.all([slow, last]);
  expect(order).toEqual(['first', 'second', 'third']);
});
