// `sotto recovery FILE`: the sealed root key into a new file of mode 0600; the code that opens it only on the screen.
import { type FileHandle, open, rm } from 'node:fs/promises';
import { SottoError } from '../../base/errors.ts';
import { print } from '../report.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { withStore } from '../with-peer.ts';

const WARNING = 'This code is shown only now. Keep it apart from the file: both together are the account.';

/** Writes the file, then shows the code. @throws ALREADY when the file exists, STORE_FAILED */
export async function run(context: Context): Promise<ExitCode> {
  const path = word(context.args, 0);
  const file = await create(path);
  let code: string;
  try {
    code = await fill(context, file);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await print(context, [{ file: path, code }], `Wrote ${path}\n\n  ${code}\n\n${WARNING}`);
  return 0;
}

/** Made before anything else, so that a file in the way costs nothing. */
async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    const there = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw there
      ? new SottoError('ALREADY', `${path} is there already and is not overwritten.`, cause)
      : new SottoError('STORE_FAILED', `${path} cannot be written.`, cause);
  }
}

/** On the disk before the code is shown. */
async function fill(context: Context, file: FileHandle): Promise<string> {
  const recovery = await withStore(context, (peer) => peer.api.recovery({}));
  try {
    await file.writeFile(recovery.file);
    await file.sync();
  } catch (cause) {
    throw new SottoError('STORE_FAILED', 'The recovery file cannot be written.', cause);
  }
  return recovery.code;
}
