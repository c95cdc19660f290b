// Flags that several commands have.
import type { Flag } from './usage.ts';

const HOME: Flag = { name: 'home', value: 'DIR', help: 'the home folder; otherwise SOTTO_HOME, otherwise ~/.sotto' };
const PASSPHRASE: Flag = {
  name: 'passphrase-file',
  value: 'FILE',
  help: 'read the passphrase from FILE; otherwise SOTTO_PASSPHRASE, otherwise a prompt',
};
const HELP: Flag = { name: 'help', value: null, help: 'show this help' };
const JSON_FLAG: Flag = { name: 'json', value: null, help: 'print JSON, one object a line; errors and notes as JSON on stderr' };
/** Every command has these. */
export const COMMON = [JSON_FLAG, HOME, PASSPHRASE, HELP];

/** A name for somebody. */
export const AS: Flag = { name: 'as', value: 'PETNAME', help: 'the name you give them; only you see it' };
/** Direct connections. */
export const LISTEN: Flag = {
  name: 'listen',
  value: 'MULTIADDR',
  many: true,
  help: 'also take direct connections here, e.g. /ip4/0.0.0.0/tcp/0/ws',
};
/** The local network. */
export const LAN: Flag = { name: 'lan', value: null, help: 'find contacts on the local network; shows this device to everyone there' };
/** Not to wait for a relay. */
export const NO_WAIT: Flag = { name: 'no-wait', value: null, help: 'return as soon as all is safe in the outbox' };
/** How long to wait. */
export const TIMEOUT: Flag = { name: 'timeout', value: 'S', help: 'wait at most S seconds (60)' };
