// What was written before the conversation existed is said in the very change that opens it: nothing overtakes it, no crash loses or doubles it.
import { create } from '@bufbuild/protobuf';
import { isSottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { TextSchema } from '../wire/gen/content_pb.ts';
import { draftsFor, innerOf } from './drafts.ts';
import type { Parts } from './parts.ts';
import { type B64, keys } from './records.ts';
import { sayInto } from './send.ts';

/** Faults of one draft alone: it stays a draft, and the conversation opens all the same. */
const OWN_FAULTS = ['CLONED', 'BLOCKED', 'SESSION_BROKEN', 'NO_POST_QUANTUM', 'TOO_LARGE', 'BAD_INPUT'] as const;

/** Says every draft for a contact in their new conversation, oldest first, inside the one queue. @throws store faults */
export async function sayDrafts(parts: Parts, change: Change, contact: B64, conversation: B64, news: (() => void)[]): Promise<void> {
  for (const draft of await draftsFor(parts.store, contact)) {
    const step = change.nest();
    const told: (() => void)[] = [];
    try {
      const what = { case: 'text' as const, value: create(TextSchema, { text: draft.text }) };
      await sayInto(parts, step, { conversation, inner: innerOf(draft), what }, told);
    } catch (error) {
      if (OWN_FAULTS.some((code) => isSottoError(error, code))) return;
      throw error;
    }
    step.delete(keys.draft(draft.n));
    step.keep();
    news.push(...told);
  }
}
