// An engine that is nothing but a process: well, or with the fault it is told to have.
import process from 'node:process';

const [, , mode] = process.argv;
const look = { kind: 'look', appearance: 'dark', language: 'de' };

process.on('message', (message) => {
  if (message.kind === 'ping') process.send({ kind: 'pong', ping: message.ping });
  if (message.kind === 'lock') process.send(look);
  if (message.kind === 'stop') process.exit(0);
});

if (mode === 'crash') process.exit(11);
if (mode === 'noise') {
  for (const noise of [
    null,
    'look',
    { kind: 'other' },
    { kind: 'look' },
    { kind: 'pong', ping: 'x' },
    { kind: 'relay-start', ask: 1, data: '--open', port: 1 },
  ]) {
    process.send(noise);
  }
}
process.send(look, () => {
  while (mode === 'hang');
});
