// `sotto-relay backup DIR`: the command, its progress and its last words.
import { env, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { SottoError } from '../../core/base/errors.ts';
import { dataConfig } from '../config.ts';
import { type BackupReport, backUp } from './backup-make.ts';

/** Between two words of progress, ms. */
const TELL_MS = 2_000;

/** A folder named by itself, the data folder, and whether JSON is asked for. */
export interface FolderCall {
  readonly folder: string;
  readonly data: string;
  readonly json: boolean;
}

/** Reads `DIR --data DATA [--json]`. @throws BAD_INPUT */
export function folderCall(args: readonly string[]): FolderCall {
  const { values, positionals } = parsed(args);
  const [folder = '', ...more] = positionals;
  if (folder === '' || more.length > 0) throw new SottoError('BAD_INPUT', 'One folder is named: that of the backup.');
  return { folder, data: dataConfig(values.data === undefined ? [] : ['--data', values.data], env), json: values.json === true };
}

/** Makes a backup. @throws BAD_INPUT, REFUSED, NOT_FOUND, STORE_*, TIMEOUT */
export async function backup(args: readonly string[]): Promise<undefined> {
  const { folder, data, json } = folderCall(args);
  let told = Date.now();
  const report = await backUp(data, folder, (bytes) => {
    if (json || Date.now() - told < TELL_MS) return;
    told = Date.now();
    stderr.write(`${mebibytes(bytes)} of the store so far\n`);
  });
  stdout.write(json ? `${JSON.stringify({ folder, ...report })}\n` : `${backupText(folder, report).join('\n')}\n`);
  return undefined;
}

/** Bytes for a person. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function backupText(folder: string, { manifest, running, leftOut }: BackupReport): string[] {
  const { records, logs, entries, blobs, files, bytes } = manifest.counts;
  return [
    `Backed up to ${folder}${running ? ', while the relay ran' : ''}: ${mebibytes(bytes)}.`,
    `${records} records (${logs} logs, ${entries} entries), ${blobs} blobs, ${files} files with the key, the tokens and the settings.`,
    ...leftOut.map((path) => `Left out, because it is no plain file: ${path}`),
    'Whoever has this folder can pose as the relay: keep it as safe as the other. It cannot read messages either.',
    `To bring it back: sotto-relay restore ${folder} --data NEWDIR`,
  ];
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { data: { type: 'string' }, json: { type: 'boolean' } }, allowPositionals: true });
  } catch (cause) {
    throw new SottoError('BAD_INPUT', cause instanceof Error ? cause.message : 'The arguments are not understood.', cause);
  }
}
