// The commands of `sotto-relay`, each once: how it is written, what it does, which settings it takes, what runs it.
import { FILE_SETTINGS, SETTING_LIST, type SettingName } from './settings.ts';

/** One command. */
export interface OperatorCommand {
  /** What follows its name. */
  readonly usage: string;
  /** Its help, above the settings. */
  readonly help: string;
  readonly settings: readonly SettingName[];
  /** Loaded when it is called: help and tokens need no network. The answer is the exit code; 0 unless it says another. */
  readonly run: (args: readonly string[]) => Promise<number | undefined>;
}

const DATA = ['data'] as const;

const all: readonly SettingName[] = SETTING_LIST.map(([name]) => name);

/** Name to command; a new one is a line here. */
export const OPERATOR_COMMANDS: Readonly<Record<string, OperatorCommand>> = {
  init: {
    usage: '--data DIR [SETTINGS…]',
    help: 'Makes the folder with a key and a file of settings, relay.conf, in which every setting is explained; those given here stand in it.',
    settings: ['data', ...FILE_SETTINGS],
    run: async (args) => (await import('./init.ts')).init(args),
  },
  run: {
    usage: '--data DIR [SETTINGS…]',
    help: `Runs the relay until it gets SIGTERM or SIGINT; then it answers what it accepted and goes. A second signal stops it at once.
SIGHUP reads the settings and the certificate again.

A setting may stand in DIR/relay.conf (name = value), in the environment (SOTTO_RELAY_LISTEN for listen), or here; what stands
here goes before the environment, and that before the file.`,
    settings: all,
    run: async (args) => (await import('../run.ts')).run(args),
  },
  token: {
    usage: `create --data DIR [--uses N] [--expires 30d] [--label TEXT] [--json]
       sotto-relay token list --data DIR [--json]
       sotto-relay token revoke ID --data DIR [--and-accounts] [--json]`,
    help: `create (or no word at all) makes a token and prints the one line to hand out, MULTIADDR#TOKEN: whoever has it can register
devices with it, as often as --uses says (default: any number) and as long as --expires says (90m, 12h, 30d, 4w; default: for ever).
The relay must have run once. list says what became of each. revoke takes one back, for whoever has not registered yet; with
--and-accounts those who registered with it are refused as well. All of it works while the relay runs.`,
    settings: DATA,
    run: async (args) => (await import('./token.ts')).token(args),
  },
  status: {
    usage: '--data DIR [--json]',
    help: 'Says how the running relay is, or that it is not running and what its folder says.',
    settings: ['data', 'json'],
    run: async (args) => (await import('./status.ts')).status(args),
  },
  doctor: {
    usage: '--data DIR [SETTINGS…]',
    help: `Looks at everything a relay needs: settings, folder, disk, file limits, ports, certificate, clock, and whether its addresses can be
reached from here. Says what is wrong and what to do; the exit code is 1 when something is.`,
    settings: all,
    run: async (args) => (await import('./doctor.ts')).doctor(args),
  },
  'export-metrics': {
    usage: '--data DIR',
    help: 'Prints once what /metrics says, in the text format of Prometheus.',
    settings: DATA,
    run: async (args) => (await import('./status.ts')).exportMetrics(args),
  },
  backup: {
    usage: 'DIR --data DATA [--json]',
    help: `Copies everything the relay in DATA keeps to DIR, as of one moment, also while it runs: its store, its blobs (as second names of the same
files where both folders are on one disk), its key, tokens and settings. DIR must be empty or not there. A backup is finished when
manifest.json is there; \`sha256sum -c checksums\` in DIR proves it at any time. It is made of many files, so pack or sync it as a whole.`,
    settings: ['data', 'json'],
    run: async (args) => (await import('./backup.ts')).backup(args),
  },
  restore: {
    usage: 'DIR --data DATA [--json]',
    help: `Brings what \`backup\` made in DIR back to DATA, which must be empty or not there, after holding every file to its hash. The relay gets
a new incarnation, by which peers know that they must compare what they saw with what is here, and bring back what it lacks. Only
where a folder was copied back by hand, without this, say \`restored\` instead.`,
    settings: ['data', 'json'],
    run: async (args) => (await import('./restore.ts')).restore(args),
  },
  restored: {
    usage: '--data DIR',
    help: `Say this once after a copy of the folder was put back by hand (a snapshot of the disk, for instance), before the relay runs again:
it gets a new incarnation, and peers compare what they saw with what is here. What \`restore\` brought back needs no such word.`,
    settings: DATA,
    run: async (args) => (await import('../restored.ts')).restored(args),
  },
};
