// `sotto-relay token create|list|revoke`: the tokens that let devices in. The only place where a token is ever seen is the line that `create` prints.
// All of it works while the relay runs: the relay looks at the files whenever somebody registers.
import { env, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { base64url, hex } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { type ListedToken, listTokens, MAX_LABEL_CHARS, mintToken, type Revoked, revokeToken, tokenHash } from '../admission/tokens.ts';
import { dataConfig } from '../config.ts';
import { readAddresses } from '../data.ts';

/** Digits of a token's id that are shown: one in four thousand million. */
const ID_DIGITS = 8;
/** Fewest digits that name a token. */
const LEAST_DIGITS = 4;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

const OPTIONS = {
  data: { type: 'string' },
  uses: { type: 'string' },
  expires: { type: 'string' },
  label: { type: 'string' },
  json: { type: 'boolean' },
  'and-accounts': { type: 'boolean' },
} as const;

/** What each word after `token` takes. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  create: ['data', 'uses', 'expires', 'label', 'json'],
  list: ['data', 'json'],
  revoke: ['data', 'and-accounts', 'json'],
};

interface Asked {
  readonly data: string;
  readonly values: { readonly [Name in keyof typeof OPTIONS]?: string | boolean | undefined };
  readonly id: string | null;
}

/** Runs one of them; without a word behind it, `token` creates. @throws BAD_INPUT, NOT_FOUND before the first run or for an unknown id, STORE_FAILED */
export async function token(args: readonly string[], now = Date.now()): Promise<undefined> {
  const { word, ...asked } = parse(args);
  if (word === 'list') await list(asked, now);
  else if (word === 'revoke') await revoke(asked);
  else await create(asked, now);
  return undefined;
}

async function create({ data, values }: Asked, now: number): Promise<void> {
  const terms = { label: labelOf(values.label), uses: usesOf(values.uses), expires: expiryOf(values.expires, now), made: now };
  const [address] = (await readAddresses(data)) ?? [];
  if (address === undefined) throw new SottoError('NOT_FOUND', 'The relay has no address yet; run it once with this folder.');
  const made = await mintToken(data, terms);
  const line = `${address}#${base64url(made)}`;
  stdout.write(values.json === true ? `${JSON.stringify({ line, id: hex(tokenHash(made)), ...terms })}\n` : `${line}\n`);
}

async function list({ data, values }: Asked, now: number): Promise<void> {
  const tokens = await listTokens(data);
  if (values.json === true) {
    stdout.write(`${JSON.stringify(tokens.map((one) => ({ ...one, left: leftOf(one), state: stateOf(one, now) })))}\n`);
    return;
  }
  const rows = tokens.map((one) => [
    one.id.slice(0, ID_DIGITS),
    stateOf(one, now),
    one.uses === null ? 'any' : String(leftOf(one)),
    one.expires === null ? 'never' : new Date(one.expires).toISOString().slice(0, 16).replace('T', ' '),
    String(one.used),
    one.label,
  ]);
  stdout.write(
    tokens.length === 0
      ? 'There are no tokens.\n'
      : table([['id', 'state', 'uses left', 'expires (UTC)', 'registrations', 'label'], ...rows]),
  );
}

async function revoke({ data, values, id }: Asked): Promise<void> {
  const found = (await listTokens(data)).filter((one) => id !== null && one.id.startsWith(id));
  const [one] = found;
  if (one === undefined) throw new SottoError('NOT_FOUND', 'There is no such token; `sotto-relay token list` names them.');
  if (found.length > 1) throw new SottoError('BAD_INPUT', 'Several tokens begin like this; give more of the id.');
  const revoked: Revoked = values['and-accounts'] === true || one.revoked === 'accounts' ? 'accounts' : 'token';
  await revokeToken(data, one.id, revoked);
  stdout.write(values.json === true ? `${JSON.stringify({ id: one.id, revoked, registrations: one.used })}\n` : consequence(one, revoked));
}

/** What happens to those who registered with it. */
function consequence({ id, used }: ListedToken, revoked: Revoked): string {
  const what = `Nobody can register with the token ${id.slice(0, ID_DIGITS)} any more.\n`;
  if (used === 0) return what;
  const who = used === 1 ? 'The 1 registration' : `The ${used} registrations`;
  if (revoked === 'token') return `${what}${who} made with it may go on as before. To refuse them too: --and-accounts.\n`;
  return `${what}${who} made with it can make no log and write nothing to the directory from now on. What they stored stays for its
lifetime, and whoever holds the capabilities of a log can still read and write there.\n`;
}

function parse(args: readonly string[]): Asked & { readonly word: string } {
  const [first = ''] = args;
  const word = Object.hasOwn(TAKES, first) ? first : 'create';
  const { values, positionals } = parsed(args.slice(word === first ? 1 : 0));
  const taken = TAKES[word] ?? [];
  const stray = Object.keys(values).find((name) => !taken.includes(name));
  if (stray !== undefined) throw new SottoError('BAD_INPUT', `token ${word} takes no --${stray}.`);
  const [id = null, ...more] = positionals;
  if (more.length > 0 || (word === 'revoke') !== (id !== null))
    throw new SottoError('BAD_INPUT', word === 'revoke' ? 'token revoke needs the ID of one token.' : `There is no "token ${id}".`);
  if (id !== null && !new RegExp(`^[0-9a-f]{${LEAST_DIGITS},64}$`).test(id))
    throw new SottoError('BAD_INPUT', `An ID is ${LEAST_DIGITS} or more of the digits that \`sotto-relay token list\` shows.`);
  return { word, values, id, data: dataConfig(values.data === undefined ? [] : ['--data', values.data], env) };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true });
  } catch (cause) {
    throw new SottoError('BAD_INPUT', cause instanceof Error ? cause.message : 'The arguments are not understood.', cause);
  }
}

function labelOf(text: Asked['values']['label']): string {
  const label = typeof text === 'string' ? text.trim() : '';
  if (label.length > MAX_LABEL_CHARS || /[\p{C}]/u.test(label))
    throw new SottoError('BAD_INPUT', `A label has ${MAX_LABEL_CHARS} characters at most, all of them visible.`);
  return label;
}

function usesOf(text: Asked['values']['uses']): number | null {
  if (text === undefined) return null;
  const uses = /^\d{1,9}$/.test(String(text)) ? Number(text) : 0;
  if (uses < 1) throw new SottoError('BAD_INPUT', '--uses is a whole number from 1.');
  return uses;
}

function expiryOf(text: Asked['values']['expires'], now: number): number | null {
  if (text === undefined) return null;
  const [, number = '', unit = ''] = /^(\d{1,5})([mhdw])$/.exec(String(text)) ?? [];
  const ms = Number(number) * (UNIT_MS[unit] ?? 0);
  if (ms === 0) throw new SottoError('BAD_INPUT', '--expires is a time from now: 90m, 12h, 30d, 4w.');
  return now + ms;
}

function leftOf({ uses, used }: ListedToken): number | null {
  return uses === null ? null : Math.max(0, uses - used);
}

function stateOf(one: ListedToken, now: number): string {
  if (one.revoked !== null) return one.revoked === 'accounts' ? 'revoked+accounts' : 'revoked';
  if (one.expires !== null && one.expires <= now) return 'expired';
  return leftOf(one) === 0 ? 'used up' : 'good';
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
