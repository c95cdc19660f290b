// `sotto warnings`: what a relay or a device did that it should not.
import { print } from '../report.ts';
import { warningLine } from '../shape.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Prints the warnings, one a line. */
export async function run(context: Context): Promise<ExitCode> {
  const warnings = await withStore(context, (peer) => peer.api.warnings({}));
  await print(context, warnings, warnings.map((warning) => `${warningLine(warning)}\n`).join('') || 'No warnings.');
  return 0;
}
