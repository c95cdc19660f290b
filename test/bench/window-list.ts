// Row: how soon the list of 2,000 conversations is on the screen and a text can be typed, with a relay that does not answer; and how soon a
// conversation of 100,000 messages is. Beside the engine alone.
import { figure, type Row, spread } from './figures.ts';
import { ask as askWorker } from './processes.ts';
import type { EngineInput, EngineOutput } from './window-engine.ts';
import { ask, COMPOSER, CONVERSATION, onScene, openConversation, type Scene, shown, sizeWords } from './window-scene.ts';

interface Start {
  /** Painted, ms after the page first asked the engine; the engine itself was just started. */
  readonly cold: number;
  /** The same after a reload, in a conversation. */
  readonly list: number;
  readonly ready: number;
  readonly opened: readonly number[];
}

/** How often the long conversation is opened in one start. */
const OPENINGS = 5;

/** The row. @param starts of engine and page */
export function windowList(quick: boolean, starts: number): Promise<Row> {
  return onScene(quick, async (scene) => {
    const [alone, all]: [EngineOutput[], Start[]] = [[], []];
    const relay = await scene.relay();
    // Neither there nor gone: whoever waited for it would wait long.
    process.kill(relay.pid, 'SIGSTOP');
    try {
      for (let start = 0; start < starts; start += 1) {
        all.push(await oneStart(scene));
        alone.push(
          await askWorker<EngineOutput>('window-engine.ts', { home: scene.homes.bob, who: 'Alice', rounds: 1 } satisfies EngineInput),
        );
      }
    } finally {
      process.kill(relay.pid, 'SIGCONT');
    }
    return row(quick, alone, all);
  });
}

async function oneStart(scene: Scene): Promise<Start> {
  const engine = await scene.engine();
  const page = await scene.page();
  await page.goto(engine.url);
  const cold = (await shown(page, CONVERSATION)) - (await firstAsked(page));
  const opened: number[] = [];
  for (let at = 0; at < OPENINGS; at += 1) {
    opened.push(await openConversation(page, 'Alice'));
    await openConversation(page, 'Bela Abt');
  }
  await openConversation(page, 'Alice');
  await page.reload();
  const [list, ready] = await Promise.all([shown(page, CONVERSATION), shown(page, COMPOSER)]);
  const asked = await firstAsked(page);
  await page.context().close();
  await engine.end();
  return { cold, list: list - asked, ready: ready - asked, opened };
}

function firstAsked(page: Parameters<typeof ask>[0]): Promise<number> {
  return ask(page, 'Math.min(...Object.values(probe.asked).flat())');
}

function row(quick: boolean, alone: readonly EngineOutput[], all: readonly Start[]): Row {
  const lists = all.map(({ list, cold }) => Math.max(list, cold));
  const readies = all.map(({ ready }) => ready);
  const opened = all.flatMap((one) => one.opened);
  const engineAlone = (label: string) => alone.flatMap((times) => times[label] ?? []);
  return {
    name: 'window-list',
    title: 'a big home in the window: list, composer, a long conversation',
    conditions: `${sizeWords(quick)}; Chromium, software rendering; from the first frame to the engine; the relay hangs`,
    figures: [
      figure(
        'list painted, engine just started',
        'ms',
        all.map(({ cold }) => cold),
      ),
      figure(
        'list painted, after a reload',
        'ms',
        all.map(({ list }) => list),
      ),
      figure('ready to type, after a reload', 'ms', readies),
      figure('conversation opened and painted', 'ms', opened),
      figure('engine alone: conversations', 'ms', engineAlone('conversations')),
      figure('engine alone: history of 100', 'ms', engineAlone('history, newest 100')),
    ],
    targets: [
      { label: 'list painted', unit: 'ms', value: spread(lists).median, better: 'less', aim: 500 },
      { label: 'ready to type', unit: 'ms', value: spread(readies).median, better: 'less', aim: 800 },
      { label: 'conversation painted', unit: 'ms', value: spread(opened).median, better: 'less', aim: 100 },
    ],
  };
}
