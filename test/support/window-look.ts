// Looking at a screen: pictures that are kept, axe over all of it, and what stands beyond an edge. axe gets in by the debugger, so the page's
// policy stays as it is.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const PICTURES = fileURLToPath(new URL('../../test-output/window/', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Sizes a screen is looked at in, px: a desktop, the same at 200 % zoom, the smallest telephone. */
const SIZES = [
  { width: 1280, height: 800 },
  { width: 640, height: 400 },
  { width: 360, height: 740 },
] as const;

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds on the page as it stands, one line each. @param rules only these; all it has but experimental ones unless told */
export async function axeFindings(page: Page, ...rules: string[]): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(await readFile(AXE, 'utf8'));
  const options = rules.length === 0 ? {} : { runOnly: { type: 'rule', values: rules } };
  const violations = (await page.evaluate(
    `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then(({ violations }) => violations)`,
  )) as Violation[];
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}) at ${node.target.join(' ')}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
  );
}

/** Keeps a picture of the screen, named by what it shows, how it is dressed and how wide it is. */
export async function picture(page: Page, screen: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  const dress = await page.evaluate(
    `(document.documentElement.dataset.appearance ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) +
      (document.documentElement.dir === "rtl" ? "-rtl" : "")`,
  );
  await page.screenshot({ path: join(PICTURES, `${screen}-${dress}-${width}.png`), animations: 'disabled', caret: 'hide' });
}

/**
 * Looks at a screen and keeps pictures of it; says what axe finds and what does not fit.
 * @param closely also in dark, at 200 % zoom and from right to left; else in light, wide, and as narrow as it gets
 */
export async function lookAt(page: Page, screen: string, closely: boolean): Promise<string[]> {
  const findings: string[] = [];
  const note = (how: string, found: readonly string[]) => findings.push(...found.map((finding) => `${screen}, ${how}: ${finding}`));
  await still(page);
  note('light', await axeFindings(page));
  await picture(page, screen);
  if (closely) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await still(page);
    note('dark', await axeFindings(page, 'color-contrast'));
    await picture(page, screen);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  for (const size of SIZES.slice(closely ? 1 : 2)) {
    await page.setViewportSize(size);
    await still(page);
    note(`${size.width} px`, await beyondTheEdge(page));
    await picture(page, screen);
  }
  if (closely) {
    await page.evaluate('void (document.documentElement.dir = "rtl")');
    await still(page);
    note('right to left, narrow', await beyondTheEdge(page));
  }
  await page.setViewportSize(SIZES[0]);
  if (closely) {
    await still(page);
    note('right to left', await beyondTheEdge(page));
    await picture(page, screen);
    await page.evaluate('void (document.documentElement.dir = "ltr")');
  }
  return findings;
}

/** Waits until nothing moves or changes its colour any more, but what turns for ever. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const ends = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    await Promise.allSettled(ends.map((one) => one.finished));
    await frame();
  })()`);
}

/** What has to be scrolled sideways to be seen, and controls that are cut by an edge of the window. */
export async function beyondTheEdge(page: Page): Promise<string[]> {
  return (await page.evaluate(`(() => {
    const name = (one) => one.tagName.toLowerCase() + '.' + one.className + ' ' + (one.textContent ?? '').trim().slice(0, 40);
    const found = [];
    const root = document.scrollingElement;
    if (root.scrollWidth > innerWidth + 1) found.push('the window scrolls sideways: ' + root.scrollWidth + ' px');
    for (const one of document.querySelectorAll('body *')) {
      if (!one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      const scrolls = /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1;
      if (scrolls && one.tagName !== 'TEXTAREA') found.push('scrolls sideways: ' + name(one));
      if (!one.matches('button, input, textarea, a, [role=button], [tabindex="0"]') || one.closest('.visually-hidden')) continue;
      const { left, right, width, height } = one.getBoundingClientRect();
      if (width > 1 && height > 1 && (left < -1 || right > innerWidth + 1)) found.push('beyond the edge: ' + name(one));
    }
    return found;
  })()`)) as string[];
}

/** Where the keyboard is, and whether that is seen; null while it is nowhere or at a heading, where reading only begins. */
export async function focusSeen(page: Page): Promise<{ readonly at: string; readonly seen: boolean } | null> {
  return (await page.evaluate(`(() => {
    const at = document.activeElement;
    if (at === null || at === document.body || (at.tabIndex === -1 && /^(H1|H2|MAIN)$/.test(at.tagName))) return null;
    const ring = (one) => {
      const { outlineStyle, outlineWidth, borderTopWidth, boxShadow } = getComputedStyle(one);
      // A frame of a field takes the ring's colour and is a part of it.
      const ringWidth = outlineStyle === 'none' ? 0 : parseFloat(outlineWidth) + parseFloat(borderTopWidth);
      return ringWidth >= 2 || /0px 0px 0px [2-9]/.test(boxShadow);
    };
    const around = [at.closest('label')];
    for (let one = at; one !== null && around.length <= 4; one = one.parentElement) around.push(one);
    // Where the choice is in a list below the field, that is where people look.
    const chosen = document.getElementById(at.getAttribute('aria-activedescendant') ?? '');
    const seen = chosen?.checkVisibility() === true || around.some((one) => one !== null && ring(one));
    return { at: at.tagName.toLowerCase() + ' ' + (at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 40), seen };
  })()`)) as { readonly at: string; readonly seen: boolean } | null;
}
