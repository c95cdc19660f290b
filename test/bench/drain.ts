// Row 2: a peer that comes back drains its backlog: decrypt, seal, store, acknowledge; beside `signalDecrypt` alone.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecryptInput, DecryptOutput } from './drain-decrypt.ts';
import type { DrainInput, DrainOutput } from './drain-peer.ts';
import { figure, type Row, ratios, spread } from './figures.ts';
import type { PrepareInput, PrepareOutput } from './prepare.ts';
import { ask, inFolder, portOf, startRelay } from './processes.ts';

/** The row. @param messages of the backlog @param pairs of one drain with the references */
export function drain(messages: number, pairs: number): Promise<Row> {
  return inFolder(async (folder) => {
    const from = join(folder, 'prepared');
    const { port } = await prepareBacklog(from, messages);
    const drained: DrainOutput[] = [];
    const serialised: DecryptOutput[] = [];
    const kept: DecryptOutput[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      serialised.push(await ask<DecryptOutput>('drain-decrypt.ts', { messages, keepHandles: false } satisfies DecryptInput));
      drained.push(await drainOnce(from, join(folder, `run-${pair}`), port, messages));
      kept.push(await ask<DecryptOutput>('drain-decrypt.ts', { messages, keepHandles: true } satisfies DecryptInput));
    }
    return row(messages, drained, serialised, kept);
  });
}

function row(messages: number, drained: DrainOutput[], serialised: DecryptOutput[], kept: DecryptOutput[]): Row {
  const rates = (all: readonly { readonly rate: number }[]) => all.map(({ rate }) => rate);
  const costs = (all: readonly { readonly cpu: number }[]) => all.map(({ cpu }) => cpu);
  const ratio = ratios(rates(drained), rates(serialised)).map((share) => share * 100);
  return {
    name: 'drain',
    title: `a backlog of ${messages.toLocaleString('en')} messages taken by a peer that comes back`,
    conditions:
      'from the connected line to the last acknowledgement and receipt, a fresh process each; the index of ids is written behind it, as the product does; reference: signalDecrypt of as many messages of the size the product decrypts (64 bytes), a fresh process, stores in memory',
    figures: [
      figure('drain', '/s', rates(drained)),
      figure(
        'drain, with connecting',
        '/s',
        drained.map(({ wholeRate }) => wholeRate),
      ),
      figure(
        'drain, index and closing included',
        '/s',
        drained.map(({ closedRate }) => closedRate),
      ),
      figure('signalDecrypt, serialising store', '/s', rates(serialised)),
      figure('signalDecrypt, kept handles', '/s', rates(kept)),
      figure('drain of signalDecrypt', '%', ratio),
      figure(
        'drain of signalDecrypt, kept handles',
        '%',
        ratios(rates(drained), rates(kept)).map((share) => share * 100),
      ),
      figure(
        'the same, index and closing included',
        '%',
        ratios(
          drained.map(({ closedRate }) => closedRate),
          rates(serialised),
        ).map((share) => share * 100),
      ),
      figure('CPU per message, drain', 'us', costs(drained)),
      figure('CPU per message, signalDecrypt', 'us', costs(serialised)),
      figure('CPU per message, kept handles', 'us', costs(kept)),
    ],
    targets: [{ label: 'of signalDecrypt', unit: '%', value: spread(ratio).median, better: 'more', must: 50, aim: 75 }],
  };
}

/** A relay's data and two homes, Bob's with a backlog; copied for each run. */
export async function prepareBacklog(folder: string, messages: number): Promise<{ readonly port: number; readonly address: string }> {
  const relay = await startRelay(join(folder, 'relay'));
  try {
    await ask<PrepareOutput>('prepare.ts', { folder, relay: relay.address, messages } satisfies PrepareInput);
  } finally {
    await relay.stop();
  }
  return { port: portOf(relay.address), address: relay.address };
}

async function drainOnce(from: string, folder: string, port: number, messages: number): Promise<DrainOutput> {
  await cp(from, folder, { recursive: true });
  const relay = await startRelay(join(folder, 'relay'), port);
  try {
    const drained = await ask<DrainOutput>('drain-peer.ts', { home: join(folder, 'bob') } satisfies DrainInput);
    if (drained.received < messages) throw new Error(`only ${drained.received} of ${messages} messages came`);
    return drained;
  } finally {
    await relay.stop();
  }
}
