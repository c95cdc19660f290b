// `sotto privacy`: what this device tells others of the moment.
import { print } from '../report.ts';
import { type Context, type ExitCode, UsageError } from '../usage.ts';
import { withStore } from '../with-peer.ts';

/** Shows it, or changes what is named. */
export async function run(context: Context): Promise<ExitCode> {
  const typing = onOrOff(context, 'typing');
  const presence = onOrOff(context, 'presence');
  const fields = { ...(typing === null ? {} : { typing }), ...(presence === null ? {} : { presence }) };
  const asks = typing === null && presence === null;
  const privacy = await withStore(context, ({ api }) => (asks ? api.privacy({}) : api.setPrivacy(fields)));
  const line = (name: string, isOn: boolean) => `${name.padEnd(10)}${isOn ? 'on' : 'off: not told, and not shown either'}\n`;
  await print(context, [privacy], line('typing', privacy.typing) + line('presence', privacy.presence));
  return 0;
}

function onOrOff({ args }: Context, flag: string): boolean | null {
  const value = args.value(flag);
  if (value !== null && value !== 'on' && value !== 'off') throw new UsageError(`--${flag} takes on or off.`);
  return value === null ? null : value === 'on';
}
