// Every word a person sees, by language and namespace. Catalogues are flat: `key: 'Sentence with {{value}}'`; plurals are two keys,
// `key_one` and `key_other`, asked as `t('key', { count })`.
import { app as appDe } from './de/app.ts';
import { contact as contactDe } from './de/contact.ts';
import { conversation as conversationDe } from './de/conversation.ts';
import { conversations as conversationsDe } from './de/conversations.ts';
import { errors as errorsDe } from './de/errors.ts';
import { firstRun as firstRunDe } from './de/first-run.ts';
import { invites as invitesDe } from './de/invites.ts';
import { palette as paletteDe } from './de/palette.ts';
import { settings as settingsDe } from './de/settings.ts';
import { app } from './en/app.ts';
import { contact } from './en/contact.ts';
import { conversation } from './en/conversation.ts';
import { conversations } from './en/conversations.ts';
import { errors } from './en/errors.ts';
import { firstRun } from './en/first-run.ts';
import { invites } from './en/invites.ts';
import { palette } from './en/palette.ts';
import { settings } from './en/settings.ts';

/** English is what the others are held to. */
export const en = { app, contact, conversation, conversations, errors, 'first-run': firstRun, invites, palette, settings } as const;

type Words = Readonly<Record<keyof typeof en, Readonly<Record<string, string>>>>;

/** German: du, short and friendly. */
export const de: Words = {
  app: appDe,
  contact: contactDe,
  conversation: conversationDe,
  conversations: conversationsDe,
  errors: errorsDe,
  'first-run': firstRunDe,
  invites: invitesDe,
  palette: paletteDe,
  settings: settingsDe,
};

/** Every language there is. */
export const catalogues: Readonly<Record<Language, Words>> = { en, de };

/** A language of the catalogues. */
export type Language = 'en' | 'de';
/** A part of the catalogues: one for each folder of the page. */
export type Namespace = keyof typeof en;

type Stem<K> = K extends `${infer S}_one` | `${infer S}_other` ? S : K;
/** A key that may be asked for; a plural by its stem. */
export type WordKey<N extends Namespace> = Stem<keyof (typeof en)[N] & string>;
