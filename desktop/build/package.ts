// `npm run package`: packs the app for the system it runs on, or with --linux, --mac, --windows; --dir leaves it unpacked. Needs the network
// once, for Electron's binary and for the tools that make installers.
import { join, relative } from 'node:path';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import { build, Platform } from 'electron-builder';
import { packing } from '../electron-builder.config.ts';
import { ROOT } from './packages.ts';
import { buildShell } from './shell.ts';

const PLATFORMS = { linux: Platform.LINUX, mac: Platform.MAC, windows: Platform.WINDOWS } as const;
const off = { type: 'boolean', default: false } as const;

const { values } = parseArgs({ args: argv.slice(2), options: { linux: off, mac: off, windows: off, dir: off } });
const chosen = (['linux', 'mac', 'windows'] as const).filter((name) => values[name]).map((name) => PLATFORMS[name]);
const platforms = chosen.length > 0 ? chosen : [Platform.current()];

const { appFolder } = await buildShell();
const config = packing({ app: relative(ROOT, appFolder), output: join('desktop', 'out') });
for (const platform of platforms) {
  await build({ projectDir: ROOT, config, targets: platform.createTarget(values.dir ? 'dir' : null) });
}
