// What a person likes, on this device: a small file beside the home, needed before the home is open.
import { join } from 'node:path';
import * as v from 'valibot';
import { SottoError } from '../base/errors.ts';
import { type Preferences, preferences } from '../window-api.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

const FILE = 'preferences.json';

/** What holds until somebody says otherwise. */
export const DEFAULT_PREFERENCES: Preferences = {
  appearance: 'system',
  contrast: 'system',
  motion: 'system',
  language: 'system',
  notifications: 'name',
  enterSends: true,
  lockAfterMs: 3_600_000,
};

/** The preferences of a home. */
export class PreferencesFile {
  readonly #path: string;
  #value = DEFAULT_PREFERENCES;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(home: string) {
    this.#path = join(home, FILE);
  }

  get value(): Preferences {
    return this.#value;
  }

  /** Reads them. Fields it does not know are skipped, those that are not valid are as by default. @param said hears of a damaged file */
  async load(said: (fault: SottoError) => void): Promise<void> {
    try {
      const found = await readSmallFile(this.#path);
      if (found === null) return;
      if (typeof found !== 'object' || Array.isArray(found))
        throw new SottoError('MALFORMED', 'The preferences are damaged; they are as at first.');
      this.#value = { ...DEFAULT_PREFERENCES, ...validFields(found as Readonly<Record<string, unknown>>) };
    } catch (error) {
      said(error as SottoError);
    }
  }

  /** Changes what is named; on the disk when it resolves. @throws STORE_FAILED, and nothing is changed then */
  async set(part: Partial<Preferences>): Promise<Preferences> {
    const turn = this.#writing.then(async () => {
      const next = { ...this.#value, ...validFields(part) };
      await writeSmallFile(this.#path, next);
      this.#value = next;
    });
    this.#writing = turn.catch(() => undefined);
    await turn;
    return this.#value;
  }
}

function validFields(fields: Readonly<Record<string, unknown>>): Partial<Preferences> {
  const valid = Object.entries(preferences.entries).filter(([name, schema]) => Object.hasOwn(fields, name) && v.is(schema, fields[name]));
  return Object.fromEntries(valid.map(([name]) => [name, fields[name]]));
}
