// The rows of the table of commands that are about safety.
import { COMMON } from './flags.ts';
import type { Command } from './usage.ts';

const WHO = { name: 'WHO' } as const;

/** Their group. */
export const SAFETY = 'Safety';

/** The commands of that group, in the order of the help. */
export const SAFETY_COMMANDS: readonly Command[] = [
  {
    name: 'verify',
    group: SAFETY,
    positionals: [WHO],
    flags: [
      { name: 'mark', value: null, help: 'the numbers are the same: mark them verified' },
      { name: 'unmark', value: null, help: 'take the mark away' },
      ...COMMON,
    ],
    summary: 'shows the safety number to compare with theirs, by voice or side by side',
    examples: ['sotto verify bob', 'sotto verify bob --mark'],
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'block',
    group: SAFETY,
    positionals: [WHO],
    flags: COMMON,
    summary: 'takes nothing more from them',
    examples: ['sotto block bob'],
    load: () => import('./commands/block.ts'),
  },
  {
    name: 'unblock',
    group: SAFETY,
    positionals: [WHO],
    flags: COMMON,
    summary: 'ends a block',
    examples: ['sotto unblock bob'],
    load: () => import('./commands/unblock.ts'),
  },
  {
    name: 'warnings',
    group: SAFETY,
    positionals: [],
    flags: COMMON,
    summary: 'lists what a relay or a device did that it should not',
    examples: ['sotto warnings'],
    load: () => import('./commands/warnings.ts'),
  },
  {
    name: 'privacy',
    group: SAFETY,
    positionals: [],
    flags: [
      { name: 'typing', value: 'on|off', help: 'tell contacts when you type, and be told' },
      { name: 'presence', value: 'on|off', help: 'tell contacts when this device is connected, and be told' },
      ...COMMON,
    ],
    summary: 'shows or changes what this device tells your contacts of the moment',
    examples: ['sotto privacy', 'sotto privacy --presence off'],
    load: () => import('./commands/privacy.ts'),
  },
  {
    name: 'recovery',
    group: SAFETY,
    positionals: [{ name: 'FILE' }],
    flags: COMMON,
    summary: 'writes the sealed root key to FILE and shows, once, the code that opens it',
    details: 'Keep the file and the code in different places. FILE must not exist yet.',
    examples: ['sotto recovery alice.sotto-recovery'],
    load: () => import('./commands/recovery.ts'),
  },
];
