// `sotto wake`: where relays call this device when something waits for it while it is away.
import type { CallInput, CallOutput } from '../../api.ts';
import { print } from '../report.ts';
import { safeLine } from '../safe-text.ts';
import { type Context, type ExitCode, UsageError } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

type WakeEndpoint = NonNullable<CallInput<'setWake'>['endpoint']>;
const KINDS: readonly WakeEndpoint['kind'][] = ['webhook', 'unifiedpush', 'webpush'];

/** Sets, takes back or shows it. @throws BAD_INPUT for a URL that is none */
export async function run(context: Context): Promise<ExitCode> {
  const change = changeOf(context);
  const state = await withRelays(context, async (peer) => {
    await flush(context, peer); // every log is open then, and is told with the first
    return change === null ? peer.api.wake({}) : peer.api.setWake(change);
  });
  await print(context, [state], words(state));
  return 0;
}

function changeOf({ args }: Context): { readonly endpoint: WakeEndpoint | null } | null {
  const [url] = args.words;
  const kind = KINDS.find((one) => one === (args.value('kind') ?? 'webhook'));
  if (kind === undefined) throw new UsageError(`--kind takes ${KINDS.join(', ')}.`);
  const asked = [url !== undefined, args.has('off'), args.has('show')].filter(Boolean).length;
  if (asked > 1) throw new UsageError('A URL, --off and --show exclude each other.');
  if (url !== undefined) return { endpoint: { kind, url: url.trim() } };
  return args.has('off') ? { endpoint: null } : null;
}

function words({ endpoint, relays, conversations, elsewhere }: CallOutput<'wake'>): string {
  const first = endpoint === null ? 'Nobody calls.' : `${endpoint.kind}  ${safeLine(endpoint.url)}`;
  const lines = relays.map(
    ({ relay, state, reason, key }) =>
      `${safeLine(relay)}  ${reason === null ? state : `${state}: ${safeLine(reason)}`}${key === null ? '' : `  key ${key}`}`,
  );
  const missing = elsewhere === 0 ? [] : [`${elsewhere} live at relays that you are not registered at, and wake nobody.`];
  return `${[first, ...lines, `Conversations: ${conversations}.`, ...missing].join('\n')}\n`;
}
