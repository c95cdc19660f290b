// The page's start: a line to the engine, the client on it, and the window.
import './design/tokens.css';
import './design/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { Client } from './app/client.ts';
import { openLine } from './app/line.ts';
import { listenOutside } from './app/outside.ts';
import { pageFrames } from './app/page-frames.ts';

const client = new Client(openLine(), pageFrames);
listenOutside(client);
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App client={client} />);
