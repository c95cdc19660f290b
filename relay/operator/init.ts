// `sotto-relay init`: a folder with a key and a file of settings in which every setting is explained. It must never replace a file or a key.

import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { utf8 } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { makeFile } from '../../core/store/files.ts';
import { LIMITS } from '../admission/limits.ts';
import { dataConfig, runConfig } from '../config.ts';
import { makeData, relayKey } from '../data.ts';
import { CONFIG_FILE, ENVIRONMENT_PREFIX, flagLayer, type Layer } from './layers.ts';
import { FILE_SETTINGS, SETTINGS, type Setting, type SettingName } from './settings.ts';

const WIDTH = 100;

/** Makes them. @throws BAD_INPUT, REFUSED when there is a file of settings already, STORE_FAILED */
export async function init(args: readonly string[]): Promise<undefined> {
  const said = flagLayer(args, ['data', ...FILE_SETTINGS]);
  const data = said.get('data')?.[0]?.text ?? dataConfig([], env);
  const content = configText(said);
  runConfig(['--data', data], {}, content);
  await makeData(data);
  const path = join(data, CONFIG_FILE);
  if (!(await written(path, content)))
    throw new SottoError('REFUSED', `There is a ${CONFIG_FILE} in this folder already; it stays as it is.`);
  await relayKey(data);
  stdout.write(`Made ${path} and the key of the relay. Change what you like there, then: sotto-relay run --data ${data}\n`);
  return undefined;
}

/** The file: every setting with its meaning, those that were said in force, the others as comments. */
export function configText(said: Layer): string {
  const head = `# Settings of sotto-relay. One \`name = value\` a line; a name that may be said several times stands on several lines.
# A flag (--name) goes before the environment (${ENVIRONMENT_PREFIX}NAME), and that before this file. \`sotto-relay doctor\` checks it.
# Those marked (reloads) are taken up on SIGHUP, the others at the next start.`;
  return `${[head, ...FILE_SETTINGS.map((name) => block(name, SETTINGS[name], said)), ...limitBlocks()].join('\n\n')}\n`;
}

function block(name: SettingName, setting: Setting, said: Layer): string {
  const meaning = `${name}: ${setting.meaning}${setting.reloads === true ? ' (reloads)' : ''}`;
  const texts = said.get(name)?.map(({ text }) => `${name} = ${text}`) ?? [`#${name} = ${setting.default ?? ''}`.trimEnd()];
  return [...wrapped(meaning).map((line) => `# ${line}`), ...texts].join('\n');
}

function limitBlocks(): string[] {
  return Object.entries(LIMITS).map(([name, limit]) =>
    [...wrapped(`${name}: ${limit.meaning}`).map((line) => `# ${line}`), `#limit = ${name}=${limit.default}`].join('\n'),
  );
}

function wrapped(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

async function written(path: string, content: string): Promise<boolean> {
  try {
    return await makeFile(path, utf8(content));
  } catch (cause) {
    throw new SottoError('STORE_FAILED', `${CONFIG_FILE} cannot be written.`, cause);
  }
}
