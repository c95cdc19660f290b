// A host with a relay on this machine, as a process that can be killed. Argument: the home. Prints one line of JSON when the relay is up.
import { openHost } from '../../core/host/host.ts';
import { relayProcess } from '../../core/host/relay-process.ts';

const home = process.argv[2] ?? '';
const host = await openHost({ home, keyring: null, desktop: false, relay: relayProcess() });
await host.api.createHome({ name: 'Alice', passphrase: null, keyring: false });
const { address } = await host.api.startLocalRelay({});
process.stdout.write(`${JSON.stringify({ address })}\n`);
process.stdin.resume();
