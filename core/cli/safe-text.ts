// Makes text that somebody else wrote harmless on a terminal: no control sequence, no reversed reading order, no forged line.
// What is taken away is shown, never dropped in silence.

/** C0 and C1 controls, DEL: they move the cursor, recolour, retitle, or paste. Newline and tab are dealt with apart. */
const CONTROLS = /(?!\n)\p{Cc}/gu;
/** Bidirectional embeddings, overrides and isolates (UAX 9), and the deprecated and interlinear formats. */
const REORDERING = /[\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g;
const LINE_ENDS = /\r\n|[\u2028\u2029]/g;

/** Text of several lines; every line end is `\n`, a tab is four spaces. */
export function safeText(text: string): string {
  return text.toWellFormed().replace(LINE_ENDS, '\n').replaceAll('\t', '    ').replace(CONTROLS, shown).replace(REORDERING, shown);
}

/** Text on one line: line ends are shown as a sign. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll('\n', ' ⏎ ');
}

/** A name on one line, at most `most` characters of it. */
export function safeName(name: string, most = 64): string {
  const line = safeLine(name)
    .replace(/[\u200b\u200e\u200f\u061c\u2060\ufeff]/g, shown)
    .trim();
  const characters = [...line];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
}

/** JSON on one line in which every character that a terminal might obey is written as an escape; the value is the same. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** `␛` for ESC; `⟨U+202E⟩` for what has no picture. */
function shown(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
