// Nothing in the repository tells where it was written: no machine's paths, no registry's address, no private key.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source.ts';

const tracked = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  // This file holds samples of all of them.
  .split('\0')
  .filter((path) => path !== '' && path !== 'test/shape/secrets.test.ts' && existsSync(join(ROOT, path)));

/** Texts that belong to this machine; too short ones could be ordinary words. */
const here = [ROOT, homedir(), hostname()].filter((text) => text.length > 7);
const PRIVATE = [
  /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /:\/\/[^\s/@:]+:[^\s/@:]+@/,
];

function tells(path: string): readonly string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const places = here.filter((place) => text.includes(place)).map((place) => `${path} names ${place}`);
  return [...places, ...PRIVATE.filter((pattern) => pattern.test(text)).map((pattern) => `${path} matches ${pattern}`)];
}

test('no tracked file names this machine, a registry or a secret', () => {
  expect(tracked.length).toBeGreaterThan(30);
  expect(tracked.flatMap(tells)).toEqual([]);
});

test('the search would find them', () => {
  const samples = ['https://registry.example.org/x', '-----BEGIN PRIVATE KEY-----', 'https://me:secret@example.org/'];
  for (const sample of samples) expect(PRIVATE.some((pattern) => pattern.test(sample))).toBe(true);
});
