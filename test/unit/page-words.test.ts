// Every word of the page is there in English and in German, used, and says the same values.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../core/base/errors.ts';
import { catalogues, de, en, type Namespace } from '../../desktop/ui/words/catalogues.ts';
import { directionOf, languageOf, words } from '../../desktop/ui/words/use-words.ts';

const UI = join(import.meta.dirname, '../../desktop/ui');
const namespaces = Object.keys(en) as Namespace[];
const valuesIn = (sentence: string) => [...sentence.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

/** All code of the page that is no catalogue. */
const code = readdirSync(UI, { recursive: true, withFileTypes: true })
  .filter(({ parentPath, name }) => /\.tsx?$/.test(name) && !/\/(?:words|dist|try)(?:\/|$)/.test(parentPath.slice(UI.length)))
  .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  .join('\n');
/** Templates that are asked as keys, as patterns: `connection-${kind}`. */
const templates = [...code.matchAll(/`([\w-]{3,})\$\{[^}`]*\}([\w-]*)`/g)].map(([, before, after]) => new RegExp(`^${before}.+${after}$`));

describe.each(namespaces)('the words of %s', (namespace) => {
  const english: Readonly<Record<string, string>> = en[namespace];
  const german = de[namespace];

  test('have the same keys and values in English and German', () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
    const differing = Object.keys(english).filter((key) => `${valuesIn(english[key] ?? '')}` !== `${valuesIn(german[key] ?? '')}`);
    // A singular may say its number as a word.
    expect(differing.filter((key) => !key.endsWith('_one'))).toEqual([]);
  });

  test('are all used', () => {
    const stems = Object.keys(english).map((key) => key.replace(/_(?:one|other)$/, ''));
    const unused = stems.filter((key) => !isQuoted(key) && !templates.some((template) => template.test(key)));
    expect(namespace === 'errors' ? [] : unused).toEqual([]);
  });

  test('say no plural in one form only, and nothing empty', () => {
    const keys = Object.keys(english);
    expect(keys.filter((key) => key.endsWith('_one') !== key.endsWith('_other') && !keys.includes(otherForm(key)))).toEqual([]);
    expect(keys.filter((key) => english[key]?.trim() === '' || german[key]?.trim() === '')).toEqual([]);
  });
});

function isQuoted(key: string): boolean {
  return code.includes(`'${key}'`) || (/^\w+$/.test(key) && new RegExp(`\\b${key}:`).test(code));
}

function otherForm(key: string): string {
  return key.endsWith('_one') ? key.replace(/_one$/, '_other') : key.replace(/_other$/, '_one');
}

test('every error code has a sentence of its own, in both languages', () => {
  for (const { errors } of Object.values(catalogues)) {
    expect(Object.keys(errors).sort()).toEqual(Object.keys(ERROR_CODES).sort());
    expect(new Set(Object.values(errors)).size).toBe(Object.keys(errors).length);
  }
});

test('nobody is addressed as Sie, and no machine word is in what people read', () => {
  const sentences = Object.entries(de).flatMap(([, words]) => Object.values(words));
  expect(sentences.filter((sentence) => /\b(?:Ihnen|Ihre[mnrs]?)\b/.test(sentence))).toEqual([]);
  const parts = ['app', 'first-run', 'errors', 'conversations', 'invites'] as const;
  const read = parts.flatMap((part) => [...Object.values(en[part]), ...Object.values(de[part])]);
  expect(read.filter((sentence) => /\b(?:peer|multiaddr|libp2p|ratchet|epoch|epoche)\b/i.test(sentence))).toEqual([]);
});

test('the language is the chosen one, else the first of the system that there is, else English', () => {
  expect(languageOf('de', ['en-GB'])).toBe('de');
  expect(languageOf('system', ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(languageOf('system', ['fr'])).toBe('en');
  expect([directionOf('he'), directionOf('de-CH')]).toEqual(['rtl', 'ltr']);
});

test('values stand in sentences as they are, and numbers pick their plural', async () => {
  await words.changeLanguage('de');
  expect(words.t('connection-waiting', { ns: 'app', relay: '<b>&' })).toBe('Warte auf Relay <b>&');
  expect(words.t('connection-direct', { ns: 'app', count: 3 })).toBe('Direkt mit 3 Personen verbunden');
  await words.changeLanguage('en');
  expect(words.t('connection-direct', { ns: 'app', count: 1 })).toBe('Connected directly with one person');
});

test('the page is offered to no translator: some browsers would send every word on it to their maker', () => {
  const page = readFileSync(join(UI, 'index.html'), 'utf8');
  expect(page).toContain('<html lang="en" translate="no">');
  expect(page).toContain('<meta name="google" content="notranslate" />');
});
