// Where a home shows its window to a browser: an address of this machine that is this home's alone. Browsers keep service workers and caches by
// address and port; at 127.0.0.1 those of any program that ever answered there, on the same port, would stand between a person and their window.
import { join } from 'node:path';
import * as v from 'valibot';
import { random } from '../base/clock.ts';
import type { SottoError } from '../base/errors.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

/** What every system has, and some have no other: there the port alone keeps programs apart. */
export const COMMON_HOST = '127.0.0.1';

const FILE = 'window-host.json';
const saved = v.object({ host: v.pipe(v.string(), v.regex(/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/), v.ipv4()) });

/** The address of a home, chosen once for all its windows, or its program's life where it cannot be kept. @param said hears of a file that is damaged or cannot be written */
export async function windowHost(home: string, said: (fault: SottoError) => void): Promise<string> {
  const path = join(home, FILE);
  const say = (fault: unknown) => said(fault as SottoError);
  const found = v.safeParse(saved, await readSmallFile(path).catch(say));
  if (found.success) return found.output.host;
  const host = chosen();
  await writeSmallFile(path, { host }).catch(say);
  return host;
}

/** One of 16 million. What begins with 127.0 is taken by systems for their own names. */
function chosen(): string {
  const [a = 0, b = 0, c = 0] = random(3);
  return `127.${1 + (a % 254)}.${b}.${1 + (c % 254)}`;
}
