// The page on a double: `index.html?scene=everybody`. The double is `sottoDouble` on the console; `receive` and `tell` make things happen.
import '../design/tokens.css';
import '../design/base.css';
import { createRoot } from 'react-dom/client';
import { App } from '../app/app.tsx';
import { Client } from '../app/client.ts';
import type { LineState } from '../app/engine-line.ts';
import { pageFrames } from '../app/page-frames.ts';
import { Cell } from '../app/readable.ts';
import { Double } from './double.ts';
import { EVERYBODY, SCENES } from './scenes.ts';

const asked = new URLSearchParams(location.search);
const scene = SCENES[asked.get('scene') ?? ''] ?? EVERYBODY;
const wishes = ['appearance', 'language', 'contrast', 'motion'].flatMap((name) => (asked.has(name) ? [[name, asked.get(name)]] : []));
const double = new Double({ ...scene, preferences: Object.fromEntries(wishes) });
const line = {
  api: double.api,
  state: new Cell<LineState>((asked.get('line') as LineState | null) ?? 'connected'),
  tries: new Cell(0),
  hung: new Cell(false),
};
Object.assign(window, { sottoDouble: double, sottoLine: line });

const root = document.getElementById('root');
const client = new Client(line, pageFrames);
if (root !== null) createRoot(root).render(<App client={client} />);
// Once there is something to see it beside.
const stop = client.conversations.subscribe(() => {
  if (!client.conversations.get().loaded) return;
  stop();
  for (const { id, contact, person } of double.talks.values()) {
    if (person.types) double.tell({ event: 'typing', conversation: id, contact: contact.account, until: Number.MAX_SAFE_INTEGER });
  }
});
