// The doctor's looks at the network: ports that are free or ours, and whether the addresses handed out lead to this relay from here.
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { signingKey } from '../../core/base/ed25519.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { parseAddress } from '../../core/net/address.ts';
import { createNode } from '../../core/net/node.ts';
import { RELAY_PROTOCOL } from '../../core/wire/version.ts';
import type { RelayConfig } from '../config.ts';
import type { Finding } from './finding.ts';
import type { RelayStatus } from './pages.ts';

/** How long one look may take, ms. */
const LOOK_MS = 10_000;

/** Ports: free to listen on; the running relay has them already. */
export async function checkListen(listen: readonly string[], running: RelayStatus | null): Promise<Finding[]> {
  if (running !== null) return [{ what: 'ports', state: 'ok', says: 'the relay is running and has them' }];
  return Promise.all(listen.map(checkPort));
}

async function checkPort(address: string): Promise<Finding> {
  const { host, port } = parseAddress(address);
  const what = `port ${port}`;
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | null>();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  const code = await promise;
  if (code === null) return { what, state: 'ok', says: `free at ${host}` };
  const todo: Readonly<Record<string, string>> = {
    EADDRINUSE: 'Another program listens there (ss -ltnp); stop it, or choose another port.',
    EACCES: 'Ports below 1024 need a right (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE); or choose a higher port.',
    EADDRNOTAVAIL: 'This machine has no such address; 0.0.0.0 is all of them.',
  };
  return { what, state: 'WRONG', says: `cannot be listened on at ${host} (${code})`, todo: todo[code] ?? 'Choose another address.' };
}

/** Dials what peers are told to dial; Noise proves that it is this relay. */
export async function checkAnnounced({ announce }: RelayConfig, running: RelayStatus | null): Promise<Finding[]> {
  if (running === null) {
    if (announce.length === 0) return [];
    return [{ what: 'addresses', state: 'note', says: 'not dialled', todo: 'Start the relay, then ask the doctor again.' }];
  }
  const node = await createNode({ key: signingKey(), listen: [] });
  try {
    return await Promise.all(running.addresses.map((address) => checkDial(node, address)));
  } finally {
    await node.stop();
  }
}

async function checkDial(node: Awaited<ReturnType<typeof createNode>>, address: string): Promise<Finding> {
  const what = 'address';
  const short = address.split('/p2p/')[0] ?? address;
  try {
    const channel = await node.dial(address, RELAY_PROTOCOL, AbortSignal.timeout(LOOK_MS));
    await channel.close('The doctor has seen enough.');
    return { what, state: 'ok', says: `${short} leads to this relay` };
  } catch (error) {
    const tls = address.includes('/tls/') ? await tlsFault(address) : null;
    if (tls !== null)
      return {
        what,
        state: 'WRONG',
        says: `${short}: TLS fails (${tls})`,
        todo: 'Look at the certificate: its names, its dates, its chain (the file must hold the intermediates).',
      };
    const says = `${short} cannot be reached from here${isSottoError(error, 'TIMEOUT') ? ' in time' : ''}`;
    const todo =
      'Look at name (DNS), firewall and port forwarding; behind some routers it is reachable only from outside. If another relay answers there, the PeerId differs.';
    return { what, state: 'WRONG', says, todo };
  }
}

/** Why TLS fails there, as a code; null when it works or nobody answers. */
async function tlsFault(address: string): Promise<string | null> {
  const { host, port } = parseAddress(address);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host, timeout: LOOK_MS }, () => resolve(null));
  socket.once('timeout', () => resolve(null));
  socket.once('error', (error: NodeJS.ErrnoException) =>
    resolve(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH'].includes(error.code ?? '') ? null : (error.code ?? 'unknown')),
  );
  const fault = await promise;
  socket.destroy();
  return fault;
}
