// `sotto verify WHO`: the safety number that both sides compare.
import type { PeerApi } from '../../api.ts';
import { print } from '../report.ts';
import { type Context, type ExitCode, UsageError, word } from '../usage.ts';
import { withStore } from '../with-peer.ts';

const DIGITS_PER_GROUP = 5;
const GROUPS_PER_LINE = 4;

/** Prints the number in groups; with --mark or --unmark sets the mark first. @throws UsageError, NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const { args } = context;
  if (args.has('mark') && args.has('unmark')) throw new UsageError('--mark and --unmark exclude each other.');
  const who = word(args, 0);
  const safety = await withStore(context, async ({ api }) => {
    await mark(api, who, args.has('mark'), args.has('unmark'));
    return api.safetyNumber({ who });
  });
  const words = safety.verified
    ? 'Verified.'
    : 'Not verified yet. Compare the number with theirs, by voice or side by side; when it is the same: --mark.';
  await print(context, [safety], `${groups(safety.number)}\n${words}`);
  return 0;
}

async function mark(api: PeerApi, who: string, yes: boolean, no: boolean): Promise<void> {
  if (yes || no) await api.setVerified({ who, verified: yes });
}

/** Groups of digits, as they are read out. */
export function groups(number: string): string {
  const all = number.replace(/\D/g, '').match(new RegExp(`.{1,${DIGITS_PER_GROUP}}`, 'g')) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += GROUPS_PER_LINE) lines.push(`  ${all.slice(at, at + GROUPS_PER_LINE).join(' ')}\n`);
  return lines.join('');
}
