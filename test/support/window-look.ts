// Looking at a screen: a picture that is kept, and axe over all of it. axe gets in by the debugger, so the page's policy stays as it is.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const PICTURES = fileURLToPath(new URL('../../test-output/window/', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds on the page as it stands, one line each; every rule it has but those it calls experimental. */
export async function axeFindings(page: Page): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(await readFile(AXE, 'utf8'));
  const violations = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as Violation[];
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}) at ${node.target.join(' ')}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
  );
}

/** Keeps a picture of the screen, named by what it shows, how it is dressed and how wide it is. */
export async function picture(page: Page, screen: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  const appearance = await page.evaluate(
    'document.documentElement.dataset.appearance ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")',
  );
  await page.screenshot({ path: join(PICTURES, `${screen}-${appearance}-${width}.png`), animations: 'disabled' });
}

/** Shows the screen in both themes, keeps a picture of each, and says what axe finds in either. */
export async function lookAt(page: Page, screen: string): Promise<string[]> {
  const findings: string[] = [];
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await picture(page, screen);
    findings.push(...(await axeFindings(page)).map((finding) => `${screen}, ${scheme}: ${finding}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return findings;
}
