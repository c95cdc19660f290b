// `sotto ui`: serves the window to a browser on this machine, opens it there, and stays until stopped.
import { serveApi } from '../../carrier/serve.ts';
import { homeFolder } from '../../host/home-folder.ts';
import { type Host, openHost } from '../../host/host.ts';
import { readPageFiles } from '../../host/page-files.ts';
import { type PageServer, servePage } from '../../host/page-server.ts';
import { relayProcess } from '../../host/relay-process.ts';
import { windowHost } from '../../host/window-host.ts';
import { windowContract } from '../../window-api.ts';
import { countOf } from '../arguments.ts';
import { type Opening, openAddress } from '../open-address.ts';
import { pageFolder } from '../page-folder.ts';
import { givenPassphrase } from '../passphrase.ts';
import { note, print } from '../report.ts';
import { stopped } from '../stopped.ts';
import type { Context, ExitCode } from '../usage.ts';

const MAX_PORT = 65_535;

/** Serves until `io.stop`. The home may be there, locked, open elsewhere or not made yet: the window shows what there is to do. */
export async function run(context: Context): Promise<ExitCode> {
  const { args, io } = context;
  const wanted = args.value('port');
  const port = wanted === null ? 0 : countOf(wanted, 'port', MAX_PORT);
  const passphrase = givenPassphrase(args, io);
  const files = readPageFiles(await pageFolder(context));
  const home = homeFolder(args.value('home'), io.env);
  const reach = { listen: args.values('listen'), lan: args.has('lan') };
  const host = await openHost({ home, ...reach, keyring: null, desktop: false, relay: relayProcess() });
  try {
    if (passphrase !== null) await unlock(host, passphrase);
    const at = await windowHost(home, (fault) => void note(context, fault.message));
    const server = await servePage({ files, host: at, port, serve: (carrier) => serveApi(carrier, windowContract, host.api) });
    await show(context, server).finally(() => server.close());
  } finally {
    await host.close();
  }
  return 0;
}

/** With the passphrase that was given beforehand; a home that is open already, or not there yet, needs none. */
async function unlock(host: Host, passphrase: string): Promise<void> {
  const { slots, state } = await host.api.home({});
  if (slots.passphrase && state !== 'open') await host.api.unlock({ passphrase });
}

/** Says the address, opens it, and waits for the end. */
async function show(context: Context, { address, entered }: PageServer): Promise<void> {
  const { args, io } = context;
  await print(context, [{ event: 'ready', url: address }], address);
  const opening = args.has('no-open') ? null : openAddress(address, io.env);
  if (!args.has('json')) await note(context, 'The window is at this address, for one tab of a browser on this machine. Ctrl-C ends it.');
  if (opening !== null) void tellIfNotOpened(context, opening);
  void entered.then(() => opening?.clean());
  await stopped(io.stop);
  opening?.clean();
}

async function tellIfNotOpened(context: Context, opening: Opening): Promise<void> {
  if (!(await opening.opened)) await note(context, 'No browser could be opened from here: open the address yourself.');
}
