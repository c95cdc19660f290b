// One call: an empty POST to an address that was checked. It follows no redirect, reads nothing of the answer but its head, holds no connection,
// and never takes longer than its deadline.
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../core/base/clock.ts';
import type { Target } from './endpoint.ts';

/** Address, connection, handshake and the head of the answer together, ms. */
export const KNOCK_MS = 5_000;
/** Longest head of an answer, bytes. */
const MAX_HEAD_BYTES = 8_192;

/** What came of a call: taken; the endpoint is gone for good; not now; not this one. */
export type Knocked = 'taken' | 'gone' | 'later' | 'refused';

/** Says nothing and may be answered later; see RFC 8030 and RFC 9110. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** Sends one empty POST. Never rejects. */
export function knock(target: Target, address: string, headers: Readonly<Record<string, string>>, clock: Clock): Promise<Knocked> {
  const { secure, host, port, path, authority } = target;
  return new Promise((resolve) => {
    const request = (secure ? secureRequest : plainRequest)({
      host: address,
      port,
      path,
      method: 'POST',
      headers: { host: authority, 'content-length': '0', ...headers },
      agent: false,
      maxHeaderSize: MAX_HEAD_BYTES,
      // The certificate is that of the name, not of the address; a name is not said for an address.
      ...(secure && isIP(host) === 0 && { servername: host }),
    });
    const end = (knocked: Knocked) => {
      cancel();
      resolve(knocked);
      request.destroy();
    };
    const cancel = clock.after(KNOCK_MS, () => end('later'));
    request.on('response', (answer) => {
      answer.on('error', () => undefined); // its body is cut off on purpose
      end(meaning(answer.statusCode ?? 0));
    });
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      end('refused');
    });
    request.on('error', () => end('later'));
    request.end();
  });
}

function meaning(status: number): Knocked {
  if (status >= 200 && status < 300) return 'taken';
  if (GONE.has(status)) return 'gone';
  return status >= 500 || LATER.has(status) ? 'later' : 'refused';
}
