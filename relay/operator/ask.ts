// Asks a running relay over its socket. It must never wait long: a relay that does not answer is told as such.
import { request } from 'node:http';
import { SottoError } from '../../core/base/errors.ts';
import { adminSocket, hasSocket } from './admin.ts';

/** How long an answer may take, ms: a relay under full load. */
const ANSWER_MS = 5_000;

/** What a page says, or null when no relay runs in this folder. @throws TIMEOUT when one does not answer, OFFLINE when it cannot be asked */
export async function askRelay(data: string, path: string): Promise<string | null> {
  if (!hasSocket(data))
    throw new SottoError(
      'OFFLINE',
      'A relay in this folder has no socket to be asked at (its path is too long, or this is Windows); set admin, and ask there.',
    );
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const asked = request({ socketPath: adminSocket(data), path, timeout: ANSWER_MS }, (response) => {
    const pieces: string[] = [];
    response.setEncoding('utf8');
    response.on('data', (piece: string) => pieces.push(piece));
    response.on('end', () => resolve(pieces.join('')));
    response.on('error', reject);
  });
  asked.on('timeout', () => asked.destroy(new SottoError('TIMEOUT', 'The relay is there, but does not answer.')));
  asked.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
    else reject(error instanceof SottoError ? error : new SottoError('OFFLINE', 'The relay cannot be asked.', error));
  });
  asked.end();
  return promise;
}
