// `sotto init`: an account, its first device, and its relays.
import { type ErrorCode, isSottoError, SottoError } from '../../base/errors.ts';
import { homeFolder } from '../../host/home-folder.ts';
import type { RunningPeer } from '../../index.ts';
import { MAX_NAME_CHARS } from '../../wire/limits.ts';
import type { Engine } from '../engine.ts';
import { newPassphrase } from '../passphrase.ts';
import { note, print } from '../report.ts';
import { safeName } from '../safe-text.ts';
import { type Context, type ExitCode, UsageError } from '../usage.ts';
import { untilStopped } from '../with-peer.ts';
import { identityText } from './id.ts';

const UNPROTECTED =
  'Without a passphrase, whoever can read the files of this home folder, now or in a copy or backup of it, can read\n' +
  'everything and speak in your name. The key lies in a file of mode 0600 beside the data.';

/** Makes the account; a relay that cannot be reached is said and can be added later. */
export async function run(context: Context): Promise<ExitCode> {
  const { args, io } = context;
  const home = homeFolder(args.value('home'), io.env);
  const name = checkedName(args.value('name') ?? '');
  const engine = await context.loadEngine();
  if (engine.homeExists(home)) {
    if (!(await engine.isUnfinished(home))) throw new SottoError('ALREADY', `There is an account in ${home} already.`);
    await note(context, `A home was begun in ${home} and not finished. Give the passphrase it was begun with to go on.`);
  }
  const passphrase = args.has('no-passphrase') ? null : await newPassphrase(args, io);
  await engine.createHome(home, { name, passphrase });
  if (passphrase === null) await note(context, UNPROTECTED);
  const { identity, failed } = await settleIn(context, engine, home, passphrase);
  await print(context, [identity], `Made the account of ${safeName(name)} in ${home}\n\n${identityText(identity)}${NEXT}`);
  if (failed.length > 0)
    throw new SottoError(failed[0]?.code ?? 'OFFLINE', `${NOT_REGISTERED} ${failed.map(({ text }) => text).join(' ')}`);
  return 0;
}

const NOT_REGISTERED = 'The account is made, but not registered at every relay; try again with `sotto relay add RELAY`.';
const NEXT = `
Next
  sotto recovery FILE   keeps the account safe if this disk dies
  sotto invite          makes a link to give to a friend
  sotto add LINK        uses the link of a friend
`;

/** Registers at the relays and tells what became of it. */
async function settleIn(context: Context, engine: Engine, home: string, passphrase: string | null) {
  const known = passphrase === null ? null : async () => passphrase;
  const peer = await engine.openPeer({ home, passphrase: known, online: false });
  try {
    const relays = context.args.values('relay');
    const failed = relays.length === 0 ? [] : await untilStopped(context, register(peer, relays));
    return { identity: await peer.api.identity({}), failed };
  } finally {
    await peer.close();
  }
}

/** A relay that did not take us. */
interface Failure {
  readonly code: ErrorCode;
  readonly text: string;
}

async function register(peer: RunningPeer, relays: readonly string[]): Promise<Failure[]> {
  await peer.goOnline();
  const failed: Failure[] = [];
  for (const relay of relays) {
    const failure = await failureAt(peer, relay);
    if (failure !== null) failed.push({ ...failure, text: `${relay.split('#', 1)[0]}: ${failure.text}` }); // never the token behind the #
  }
  return failed;
}

async function failureAt(peer: RunningPeer, relay: string): Promise<Failure | null> {
  try {
    const { state, reason } = await peer.api.addRelay({ relay });
    if (state === 'connected') return null;
    return { code: state === 'refused' ? 'REFUSED' : 'OFFLINE', text: reason ?? 'It cannot be reached.' };
  } catch (error) {
    if (isSottoError(error)) return { code: error.code, text: error.message };
    throw error;
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > MAX_NAME_CHARS) throw new UsageError(`--name takes 1 to ${MAX_NAME_CHARS} characters.`);
  return trimmed;
}
