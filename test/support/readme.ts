// The README, or another page for people, as tests read it: its blocks of commands, the words in code. Reads the checkout and nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');
/** The whole text. */
export const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Blocks of shell commands, in their order, each with the heading above it. */
export function shellBlocks(page = readme): readonly { readonly heading: string; readonly lines: readonly string[] }[] {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((found) => ({
    heading: [...page.slice(0, found.index).matchAll(/^## (.+)$/gm)].at(-1)?.[1] ?? '',
    lines: (found[1] ?? '').split('\n').filter((line) => line !== ''),
  }));
}

/** Everything written as code: the shell blocks' lines and what stands between backticks. */
export function codeWords(page = readme): readonly string[] {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, '');
  return [...shellBlocks(page).flatMap(({ lines }) => lines), ...[...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '')];
}

/** Calls of a program in the code, each as the words after its name. */
export function callsOf(program: string, page = readme): readonly (readonly string[])[] {
  const name = new RegExp(String.raw`(?<![\w/.-])(?:\./|npx )?${program}(?= |$)([^;&|()]*)`, 'g');
  return codeWords(page)
    .flatMap(withInnerCommands)
    .flatMap((code) => [...code.matchAll(name)].map(([, rest]) => wordsOf(rest ?? '')));
}

/** A line, and apart from it the commands whose output it takes. */
function withInnerCommands(code: string): readonly string[] {
  const inner = /\$\(([^)]*)\)/g;
  return [code.replace(inner, '…'), ...[...code.matchAll(inner)].map(([, command]) => command ?? '')];
}

function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"[^"]*"|[^\s"]+/g)].map(([word]) => word);
}
