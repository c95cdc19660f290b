// `sotto-relay restore DIR`: the command, and what its operator must know afterwards.
import { stdout } from 'node:process';
import { CLOCK_JUMP_MS } from '../../core/wire/limits.ts';
import { folderCall, mebibytes } from './backup.ts';
import { type RestoreReport, restoreFrom } from './restore-make.ts';

/** What a new incarnation means; also said where a folder was copied back by hand. */
export const NEW_INCARNATION = `The relay has a new incarnation: every peer that comes compares what it saw with what is here, says so to its person, and
brings back what it still has. What came after the backup and nobody holds any more is lost.`;

/** Brings a backup back. @throws BAD_INPUT, NOT_FOUND, REFUSED, STORE_NEWER, STORE_DAMAGED, STORE_FAILED */
export async function restore(args: readonly string[]): Promise<undefined> {
  const { folder, data, json } = folderCall(args);
  const report = await restoreFrom(folder, data);
  stdout.write(json ? `${JSON.stringify({ data, ...report })}\n` : `${restoreText(data, report, Date.now()).join('\n')}\n`);
  return undefined;
}

function restoreText(data: string, { manifest, blobsLost }: RestoreReport, now: number): string[] {
  const { counts, made } = manifest;
  const isOld = now - made > CLOCK_JUMP_MS;
  return [
    `Brought back to ${data} as it was at ${new Date(made).toISOString()}: ${counts.logs} logs, ${counts.entries} entries, ${counts.blobs} blobs, ${mebibytes(counts.bytes)}.`,
    NEW_INCARNATION,
    ...(blobsLost === 0 ? [] : [`${blobsLost} blobs are missing or damaged in the backup; whoever has them can put them again.`]),
    'It has the key of the relay that was backed up: never run both.',
    `To start it: sotto-relay run --data ${data}${isOld ? ' --clock-is-right (once, when the clock is right: expired entries stay otherwise)' : ''}`,
  ];
}
