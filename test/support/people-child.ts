// A peer in a process of its own, driven line by line: one JSON call in, one JSON answer out; and a numbered stream that says what is kept.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createHome, homeExists, openPeer } from '../../core/index.ts';

interface Asked {
  readonly n: number;
  readonly call: string;
  readonly input: unknown;
}

const [, , home = '', name = ''] = process.argv;

if (!homeExists(home)) await createHome(home, { name, passphrase: null });
const peer = await openPeer({ home, passphrase: null, online: true });
const calls = peer.api as unknown as Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
say({ ready: true });

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line) as Asked))
  .on('close', () => process.exit(0));

async function answer({ n, call, input }: Asked): Promise<void> {
  try {
    say({ n, value: call === 'stream' ? await stream(input as { who: string; from: number; to: number }) : await calls[call]?.(input) });
  } catch (error) {
    say({ n, error: String(error) });
  }
}

/** Says numbers from..to; what was answered is told as kept. The same number always has the same id. */
async function stream({ who, from, to }: { who: string; from: number; to: number }): Promise<void> {
  for (let at = from; at <= to; at += 1) {
    const id = createHash('sha256').update(`${name} ${at}`).digest('hex').slice(0, 32);
    await peer.api.send({ who, text: `${name} ${at}`, id });
    say({ kept: at });
  }
}

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
