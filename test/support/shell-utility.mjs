// Runs the entry of a utility process under plain Node: a double of Electron's parent port over the channel to the test. Ports of windows
// cannot cross it, so windows live in here: what the test writes for one goes into a real port, and what comes out is written back.
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';

const listeners = [];
const early = [];
process.parentPort = {
  on: (_event, listener) => {
    listeners.push(listener);
    for (const event of early.splice(0)) listener(event);
  },
  postMessage: (message) => process.send({ main: message }),
};

/** A port of worker_threads with the manners of Electron's. */
function electronPort(port) {
  return {
    on: (event, listener) => port.on(event, event === 'message' ? (data) => listener({ data }) : listener),
    start: () => port.start(),
    postMessage: (message) => port.postMessage(message),
    close: () => port.close(),
  };
}

const lines = new Map();
process.on('message', ({ main, line, frame }) => {
  if (frame !== undefined) return lines.get(line)?.postMessage(frame);
  const ports = [];
  if (main.kind === 'window') {
    const { port1, port2 } = new MessageChannel();
    ports.push(electronPort(port1));
    port2.on('message', (text) => process.send({ line, frame: text }));
    port2.on('close', () => process.send({ closed: line }));
    lines.set(line, port2);
  }
  const event = { data: main, ports };
  if (listeners.length === 0) early.push(event);
  for (const listener of listeners) listener(event);
});

// In place: who imported `argv` before holds this array.
const [entry] = process.argv.splice(1, 2, process.argv[2]).slice(1);
await import(pathToFileURL(entry).href);
