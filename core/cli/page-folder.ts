// Where the built page lies. In a checkout it is built first when its sources have changed; an installed package brings it along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SottoError } from '../base/errors.ts';
import { withoutOurs } from './open-address.ts';
import { note } from './report.ts';
import type { Context } from './usage.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILDER = join(ROOT, 'desktop', 'build', 'page.ts');

/** The folder with the page; building it takes some seconds and is said. @throws NOT_FOUND when it cannot be built */
export async function pageFolder(context: Context): Promise<string> {
  if (existsSync(BUILDER)) await build(context);
  return join(ROOT, 'desktop', 'ui', 'dist');
}

async function build(context: Context): Promise<void> {
  const child = spawn(process.execPath, [BUILDER, '--quiet'], { env: withoutOurs(context.io.env), stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  const stop = () => child.kill();
  context.io.stop.addEventListener('abort', stop, { once: true });
  let said = '';
  for await (const part of child.stderr.setEncoding('utf8')) {
    said += part;
    if (said === part && said.startsWith('Building')) await note(context, said.trim());
  }
  const code = await ended;
  context.io.stop.removeEventListener('abort', stop);
  if (context.io.stop.aborted) throw new SottoError('CLOSED', 'Interrupted.');
  if (code !== 0) throw new SottoError('NOT_FOUND', `The window cannot be built. ${reasonIn(said)}`);
}

/** The first line behind what it is doing. */
function reasonIn(said: string): string {
  const lines = said.replace(/^Building.*\n/, '').trim();
  return lines.split('\n', 1)[0] ?? '';
}
