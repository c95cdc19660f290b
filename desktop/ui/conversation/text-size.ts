// How long a message may be.

/** Longest text of one message, bytes of UTF-8: the wire's own limit (core/wire/limits.ts; a test compares). */
export const MAX_TEXT_BYTES = 65_536;
/** Longest text that is kept while it is typed, UTF-16 units: the contract's own (core/api.ts; a test compares). */
export const MAX_KEPT_UNITS = 131_072;
/** Most bytes one UTF-16 unit takes: below a third of the limit nothing has to be counted. */
const MOST_BYTES_A_UNIT = 3;

const encoder = new TextEncoder();

/** Characters beyond what one message holds, whatever bytes each takes; 0 when it fits. */
export function charactersOver(text: string): number {
  if (text.length * MOST_BYTES_A_UNIT <= MAX_TEXT_BYTES) return 0;
  const { read } = encoder.encodeInto(text, new Uint8Array(MAX_TEXT_BYTES));
  return [...text.slice(read)].length;
}

/** What of a typed text is sent: without blanks around it, indentation kept. Empty: nothing to send. */
export function sendable(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}

/** What stays in the field after `sent` was taken from `typed`: what was typed on while the engine wrote. */
export function leftAfter(typed: string, sent: string): string {
  if (typed === sent) return '';
  return typed.startsWith(sent) ? typed.slice(sent.length) : typed;
}

/** What of a field is not on its way yet; null where the field no longer begins with what is. @param pending what is, as it stood in the field */
export function unsent(field: string, pending: readonly string[]): string | null {
  const sent = pending.join('');
  return field.startsWith(sent) ? field.slice(sent.length) : null;
}
