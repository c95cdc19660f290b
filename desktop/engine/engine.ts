// The engine's process: a host that serves every window over a port of its own, and does what main says. Nothing of what people write goes
// to main, but for what a notification may say.
import process from 'node:process';
import type { Carrier } from '../../core/carrier/carrier.ts';
import { electronPortCarrier } from '../../core/carrier/port.ts';
import { serveApi } from '../../core/carrier/serve.ts';
import { homeFolder } from '../../core/host/home-folder.ts';
import { type Host, openHost } from '../../core/host/host.ts';
import { type Preferences, windowContract } from '../../core/window-api.ts';
import { type FromEngine, readToEngine, type ToEngine } from '../engine-protocol.ts';
import { MainLine } from './main-line.ts';
import { settingsFrom } from './settings.ts';

const { parentPort } = process;
const say = (message: FromEngine) => parentPort.postMessage(message);
const line = new MainLine(say);
const windows = new Map<number, Carrier>();
/** Whom somebody clicked on while there was no window to show it. */
let toShow: string | null = null;

// Codes and sentences of our own only: an error's text could quote what people wrote.
const fault = (code: string, sentence: string) => process.stderr.write(`sotto-engine: ${code} ${sentence}\n`);

const look = ({ appearance, language }: Preferences) => say({ kind: 'look', appearance, language });

async function start(): Promise<Host> {
  const host = await openHost({
    home: homeFolder(null, process.env),
    keyring: line.keyring,
    desktop: true,
    relay: line.relay,
    ...settingsFrom(process.env),
    onNotice: ({ kind, ...notice }) => say({ kind: 'notice', about: kind, ...notice }),
    onFault: ({ code, message }) => fault(code, message),
    onEvent: (event) => {
      if (event.event === 'preferences') look(event.preferences);
      if (event.event === 'home' && event.home.state !== 'open') say({ kind: 'shut' });
    },
  });
  look(await host.api.preferences({}));
  return host;
}

function serve(host: Host, window: number, port: Electron.MessagePortMain): void {
  windows.get(window)?.close();
  const carrier = electronPortCarrier(port);
  windows.set(window, carrier);
  carrier.onClose(() => {
    if (windows.get(window) === carrier) windows.delete(window);
  });
  serveApi(carrier, windowContract, host.api, { onFault: ({ code, message }) => fault(code, message) });
  if (toShow !== null) host.show(toShow);
  toShow = null;
}

function show(host: Host, account: string): void {
  if (windows.size > 0) host.show(account);
  else toShow = account;
}

async function obey(host: Host, message: ToEngine, port: Electron.MessagePortMain | undefined): Promise<void> {
  if (message.kind === 'window' && port !== undefined) serve(host, message.window, port);
  else if (message.kind === 'link') host.link(message.link);
  else if (message.kind === 'show') show(host, message.account);
  // Refused where there is no passphrase to ask for: then there is nothing to lock with.
  else if (message.kind === 'lock') await host.api.lock({}).catch(() => undefined);
  else if (message.kind === 'stop') {
    await host.close().catch(() => undefined);
    process.exit(0);
  }
}

const opened = start();
parentPort.on('message', ({ data, ports }) => {
  const message = readToEngine(data);
  if (message === null) return;
  // Answered by the loop itself and at once: what is asked is whether it turns.
  if (message.kind === 'ping') say({ kind: 'pong', ping: message.ping });
  else if (message.kind === 'keyring' || message.kind === 'secret' || message.kind === 'relay' || message.kind === 'relay-ended')
    line.take(message);
  else void opened.then((host) => obey(host, message, ports[0]));
});
