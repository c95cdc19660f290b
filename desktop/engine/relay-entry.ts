// Runs the relay's own program in a utility process. It is reached by the path of its bundle only; a stop is what a signal is elsewhere,
// because a utility process on Windows gets none.
import process from 'node:process';

process.parentPort.on('message', ({ data }) => {
  if (data === 'stop') process.emit('SIGTERM', 'SIGTERM');
});

await import(new URL('../relay/relay.js', import.meta.url).href);
