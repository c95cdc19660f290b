// From the file, the environment and the flags to the texts of settings: a flag goes before the environment, that before the file, that before
// the default. What is not in the table is refused, with the place where it stands.
import { parseArgs } from 'node:util';
import { isSottoError, SottoError } from '../../core/base/errors.ts';
import { SETTING_LIST, SETTINGS, type Setting, type SettingName, type Settings, SHORT_FLAGS, type Source } from './settings.ts';

/** Name of the file in the data folder. */
export const CONFIG_FILE = 'relay.conf';
/** What every variable of the environment begins with. */
export const ENVIRONMENT_PREFIX = 'SOTTO_RELAY_';

/** A text as it was said, and where. */
export interface Said {
  readonly text: string;
  /** For the sentence that refuses it. */
  readonly where: string;
}

/** What one source says. */
export type Layer = ReadonlyMap<SettingName, readonly Said[]>;

/** What a file says: `name = value` a line; a line that begins with # is a comment. @throws BAD_INPUT with the line */
export function fileLayer(content: string): Layer {
  const layer = new Map<SettingName, Said[]>();
  for (const [at, raw] of content.split(/\r?\n/).entries()) {
    const where = `${CONFIG_FILE}, line ${at + 1}`;
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', text = ''] = /^([a-z-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === '') throw wrong(where, 'A line is `name = value`, or a comment that begins with #.');
    if (text === '') throw wrong(where, `${name} has no value; put # before the line to leave it out.`);
    if (/^["']|\s#/.test(text)) throw wrong(where, 'A value stands without quotes, and a comment on a line of its own.');
    add(layer, known(name, 'file', where), { text, where });
  }
  return layer;
}

/** What the environment says; an empty variable says nothing. Several values are separated by spaces. @throws BAD_INPUT with the variable */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const layer = new Map<SettingName, Said[]>();
  for (const [variable, text = ''] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || text.trim() === '') continue;
    const where = `${variable} in the environment`;
    const name = known(variable.slice(ENVIRONMENT_PREFIX.length).toLowerCase().replaceAll('_', '-'), 'environment', where);
    const texts = settingOf(name).many === true ? text.trim().split(/\s+/) : [text.trim()];
    for (const one of texts) add(layer, name, { text: one, where });
  }
  return layer;
}

/** What the flags say. @param only the settings that the command takes; all of them by default @throws BAD_INPUT */
export function flagLayer(args: readonly string[], only: readonly SettingName[] = SETTING_LIST.map(([name]) => name)): Layer {
  const layer = new Map<SettingName, Said[]>();
  for (const [flag, value] of Object.entries(parse(args, only))) {
    const short = SHORT_FLAGS[flag];
    const name = short?.name ?? (flag as SettingName);
    const texts = [value ?? []].flat().map((one) => (one === true ? (short?.text ?? 'yes') : String(one)));
    for (const text of texts) add(layer, name, { text, where: `--${flag}` });
  }
  return layer;
}

/** All settings from the layers, the strongest first. @throws BAD_INPUT */
export function settle(layers: readonly Layer[]): Settings {
  const values = SETTING_LIST.map(([name, setting]) => {
    const said = layers.map((layer) => layer.get(name)).find((found) => found !== undefined);
    const texts = said ?? (setting.default === undefined ? [] : [{ text: setting.default, where: name }]);
    const read = texts.map((one) => readOne(setting, name, one));
    return [name, setting.many === true ? read : (read[0] ?? null)];
  });
  return Object.fromEntries(values) as Settings;
}

function readOne(setting: Setting, name: SettingName, { text, where }: Said): unknown {
  try {
    if (text === '') throw new SottoError('BAD_INPUT', 'It is empty.');
    return setting.read(text);
  } catch (error) {
    throw isSottoError(error) ? wrong(where, `${where.includes(name) ? 'The' : `${name}: the`} value is wrong. ${error.message}`) : error;
  }
}

function add(layer: Map<SettingName, Said[]>, name: SettingName, said: Said): void {
  const before = layer.get(name) ?? [];
  if (before.length > 0 && settingOf(name).many !== true) throw wrong(said.where, `${name} is said twice.`);
  layer.set(name, [...before, said]);
}

function known(name: string, source: Source, where: string): SettingName {
  if (!Object.hasOwn(SETTINGS, name)) throw wrong(where, `There is no setting ${name.slice(0, 40)}.`);
  const setting = name as SettingName;
  if (!settingOf(setting).sources.includes(source)) throw wrong(where, `${name} can only be said by its flag.`);
  return setting;
}

function settingOf(name: SettingName): Setting {
  return SETTINGS[name];
}

function wrong(where: string, why: string): SottoError {
  return new SottoError('BAD_INPUT', `${where}: ${why}`);
}

function parse(args: readonly string[], only: readonly SettingName[]): Record<string, string | boolean | (string | boolean)[] | undefined> {
  const many = new Set<string>();
  const options: Record<string, { type: 'string' | 'boolean'; multiple: boolean }> = {};
  for (const name of only) {
    const { value, many: several } = settingOf(name);
    if (several === true) many.add(`--${name}`);
    options[name] = { type: value === undefined ? 'boolean' : 'string', multiple: true };
  }
  for (const [flag, { name }] of Object.entries(SHORT_FLAGS)) if (only.includes(name)) options[flag] = { type: 'boolean', multiple: true };
  try {
    return parseArgs({ args: repeated(args, many), options, strict: true }).values;
  } catch (cause) {
    throw new SottoError('BAD_INPUT', cause instanceof Error ? cause.message : 'The arguments are not understood.', cause);
  }
}

// `--listen A B` means `--listen A --listen B`.
function repeated(args: readonly string[], many: ReadonlySet<string>): string[] {
  const out: string[] = [];
  let several: string | null = null;
  for (const arg of args) {
    if (arg.startsWith('--')) several = many.has(arg) ? arg : null;
    else if (several !== null && out.at(-1) !== several) out.push(several);
    out.push(arg);
  }
  return out;
}
