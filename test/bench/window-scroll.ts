// Row: scrolling fast through a long conversation while its older pages come, and how far the reader's row moves when they do. Beside plain
// rows in the same browser.
import { figure, percentile, type Row, spread } from './figures.ts';
import { bareFrames, showBare } from './window-bare.ts';
import { ask, onScene, openConversation, sizeWords } from './window-scene.ts';

interface Scrolled {
  readonly times: readonly number[];
  readonly blank: number;
}

interface Prepended {
  readonly moved: number;
  readonly asked: number;
}

/** Pixels a frame: a page and a half in a tenth of a second. */
const STEP = -500;
const FRAMES = 300;
/** Where older messages are asked for, px from the top, and frames watched. */
const NEAR_TOP = 300;
const WATCHED = 40;
const PREPENDS = 3;

/** The row. @param rounds of one with plain rows */
export function windowScroll(quick: boolean, rounds: number): Promise<Row> {
  return onScene(quick, async (scene) => {
    const [frames, blanks, bare, moved]: [number[], number[], number[], number[]] = [[], [], [], []];
    const engine = await scene.engine();
    const page = await scene.page();
    await page.goto(engine.url);
    const plain = await scene.page();
    await showBare(plain);
    for (let round = 0; round < rounds; round += 1) {
      await openConversation(page, 'Bela Abt');
      await openConversation(page, 'Alice');
      await page.bringToFront();
      for (let at = 0; at < PREPENDS; at += 1) {
        const prepended = await ask<Prepended>(page, `probe.prepend(probe.scroller(), ${NEAR_TOP}, ${WATCHED})`);
        if (prepended.asked > 0) moved.push(prepended.moved);
      }
      const scrolled = await ask<Scrolled>(page, `probe.scroll(probe.scroller(), ${STEP}, ${FRAMES})`);
      frames.push(p95(scrolled.times));
      blanks.push(scrolled.blank);
      await plain.bringToFront();
      bare.push(p95(await bareFrames(plain, FRAMES)));
    }
    return row(quick, frames, blanks, bare, moved);
  });
}

function p95(times: readonly number[]): number {
  return percentile(
    times.toSorted((one, other) => one - other),
    0.95,
  );
}

function row(quick: boolean, frames: readonly number[], blanks: readonly number[], bare: readonly number[], moved: readonly number[]): Row {
  return {
    name: 'window-scroll',
    title: 'scrolling a long conversation',
    conditions: `${sizeWords(quick)}; ${-STEP} px a frame for ${FRAMES} frames towards older messages; a row watched over ${WATCHED} frames while older ones come; reference: plain rows`,
    figures: [
      figure('frame, p95', 'ms', frames),
      figure('frames without a row', '', blanks),
      figure('movement of the reader', 'px', moved),
      figure('plain rows: frame, p95', 'ms', bare),
    ],
    targets: [
      { label: 'frame p95', unit: 'ms', value: spread(frames).median, better: 'less', aim: 33 },
      { label: 'frames without a row', unit: '', value: Math.max(...blanks), better: 'less', aim: 0 },
      { label: 'movement', unit: 'px', value: Math.max(...moved), better: 'less', aim: 1 },
    ],
  };
}
